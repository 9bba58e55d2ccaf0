"""Countries, their people's names and their telephone numbers.

The lists are our own: a library of invented names changes its lists between releases, and the same seed has
to give the same CRM for years. Telephone numbers come only from the blocks that a country's regulator keeps
for fiction, so that nobody's telephone rings; a country without such a block has none here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country as the sample knows it.

    Attributes:
        name: Shown name.
        weight: Its share among the companies, relative to the other countries.
        currency: ISO 4217 code.
        given: Given names.
        family: Family names.
        cities: Cities.
        legal_forms: What a company's name may end in; an empty text for none.
        phones: E.164 patterns; each ``#`` is a digit.
    """

    name: str
    weight: int
    currency: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    cities: tuple[str, ...]
    legal_forms: tuple[str, ...]
    phones: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


COUNTRIES: tuple[Country, ...] = (
    Country(
        name="United States",
        weight=34,
        currency="USD",
        given=_words(
            "Ava Mason Harper Logan Ella Carter Madison Wyatt Aaliyah Marcus Imani DeShawn Camila Diego "
            "Savannah Hunter Brooke Tyler Natalie Austin Jasmine Malik Paige Trevor Destiny Caleb Sierra "
            "Jordan Nora Elijah"
        ),
        family=_words(
            "Whitaker Delgado Hargrove Okafor Castellano Brennan Tran Lindqvist Pruitt Vasquez Holloway "
            "Nakamura Everett Boudreaux Salazar Kowalski McAllister Freeman Yazzie Thornton Abernathy "
            "Ramirez Sutton Chen Pemberton Guidry Washington Ellison Hawthorne Beck"
        ),
        cities=_phrases("Austin, Denver, Chicago, Portland, Boston, Atlanta, Seattle, Nashville, Phoenix, Columbus"),
        legal_forms=("", "Inc.", "LLC", "Corp."),
        phones=(
            "+151255501##",
            "+130355501##",
            "+131255501##",
            "+150355501##",
            "+161755501##",
            "+140455501##",
        ),
    ),
    Country(
        name="United Kingdom",
        weight=12,
        currency="GBP",
        given=_words(
            "Imogen Alistair Priya Callum Freya Rhys Gemma Hamish Tamsin Owen Zara Nigel Bronwyn Ewan "
            "Poppy Rupert Shanice Declan Harriet Tariq Beatrice Gareth Niamh Lewis"
        ),
        family=_words(
            "Ashworth Pendry Fairclough MacLeod Bhatt Llewellyn Hathaway Cartwright Okonkwo Thistlewood "
            "Hussain Birtwistle Carmichael Penrose Sheridan Wainwright Trelawney Kaur Ogilvie Barraclough"
        ),
        cities=_phrases("London, Manchester, Bristol, Leeds, Edinburgh, Cardiff, Newcastle, Birmingham"),
        legal_forms=("", "Ltd", "plc"),
        phones=("+442079460###", "+441614960###", "+441134960###", "+441174960###"),
    ),
    Country(
        name="Germany",
        weight=12,
        currency="EUR",
        given=_words(
            "Anneliese Jürgen Katharina Matthias Greta Uwe Sabine Björn Leonie Torsten Mareike Dieter "
            "Svenja Florian Ayşe Emre Ulrike Jannik Friederike Rüdiger Heike Moritz"
        ),
        family=_words(
            "Brandstätter Köhler Reinhardt Çelik Schönfeld Wiechert Oberländer Grünwald Hagenbeck "
            "Lindemann Pfeiffer Strohmeier Kästner Voss Riedinger Aksoy Böttcher Nettelbeck Sauerland "
            "Weiß"
        ),
        cities=_phrases("Berlin, Hamburg, München, Köln, Leipzig, Stuttgart, Nürnberg, Bremen"),
        legal_forms=("GmbH", "AG", "GmbH & Co. KG"),
        phones=("+493023125###", "+496990009###", "+494066969###", "+498999998###"),
    ),
    Country(
        name="France",
        weight=8,
        currency="EUR",
        given=_words(
            "Élodie Gaël Margaux Thibault Inès Mathéo Solène Baptiste Amina Rémi Clémence Yanis Océane "
            "Fabrice Maëlle Loïc Capucine Hervé"
        ),
        family=_words(
            "Delacroix Beaumont Lefèvre Charpentier Marchandeau Benoît Traoré Rousselet Guérin Fontanel "
            "Dubreuil Haddad Vasseur Pélissier Montclair Aubry Lavigne Courtois"
        ),
        cities=_phrases("Paris, Lyon, Toulouse, Nantes, Lille, Bordeaux, Strasbourg"),
        legal_forms=("SA", "SAS", "SARL"),
        phones=("+3319900####", "+3363998####"),
    ),
    Country(
        name="Spain",
        weight=5,
        currency="EUR",
        given=_words("Íñigo Lucía Álvaro Carmen Nuria Gonzalo Itziar Rubén Montserrat Joaquín Alba Sergi Rocío Aitor"),
        family=_words(
            "Echeverría Montoya Casals Villalobos Iglesias Ferrándiz Núñez Carrasco Puig Zubiri Santamaría Bermejo"
        ),
        cities=_phrases("Madrid, Barcelona, Valencia, Bilbao, Sevilla, Zaragoza"),
        legal_forms=("S.A.", "S.L."),
    ),
    Country(
        name="Italy",
        weight=4,
        currency="EUR",
        given=_words("Chiara Lorenzo Ginevra Matteo Fiorella Niccolò Ilaria Davide Ornella Tommaso Beatrice Elio"),
        family=_words(
            "Bellandi Ricciardi Fontanelli Moretti Castagna Vianello Terranova D'Amico Pellegrini Zanetti Lombardo"
        ),
        cities=_phrases("Milano, Torino, Bologna, Napoli, Verona, Trieste"),
        legal_forms=("S.p.A.", "S.r.l."),
    ),
    Country(
        name="Sweden",
        weight=4,
        currency="SEK",
        given=_words("Ebba Gustav Linnéa Håkan Saga Oskar Malin Åke Tuva Rasmus Ingrid Viggo Amira Stellan"),
        family=_words("Lindgren Bergström Ekdahl Sjöberg Hallberg Åkesson Nyqvist Rosén Wallander Björklund Dahlin"),
        cities=_phrases("Stockholm, Göteborg, Malmö, Uppsala, Umeå"),
        legal_forms=("AB",),
        phones=("+468465004##", "+463139006##"),
    ),
    Country(
        name="Poland",
        weight=3,
        currency="PLN",
        given=_words("Zofia Kacper Małgorzata Wojciech Łucja Bartosz Agnieszka Paweł Jagoda Stanisław Hanna Michał"),
        family=_words("Wiśniewski Zieliński Grabowski Sikora Łuczak Jabłoński Wróbel Malinowski Górski Dąbrowski"),
        cities=_phrases("Warszawa, Kraków, Gdańsk, Wrocław, Poznań"),
        legal_forms=("Sp. z o.o.", "S.A."),
    ),
    Country(
        name="Brazil",
        weight=5,
        currency="BRL",
        given=_words("Thaís Caio Luíza Otávio Iara Renato Bianca Murilo Janaína Thiago Yasmin Joaquim Lívia Davi"),
        family=_words("Cavalcanti Figueiredo Nascimento Magalhães Teixeira Sampaio Brandão Queiroz Guimarães Rezende"),
        cities=_phrases("São Paulo, Recife, Curitiba, Belo Horizonte, Porto Alegre"),
        legal_forms=("Ltda.", "S.A."),
    ),
    Country(
        name="India",
        weight=6,
        currency="INR",
        given=_words(
            "Ananya Rohan Kavitha Arjun Meera Siddharth Lakshmi Vikram Nandini Imran Shreya Harpreet Divya Karthik"
        ),
        family=_words(
            "Venkataraman Chatterjee Deshpande Iyer Malhotra Banerjee Qureshi Nambiar Gill Joshi Reddy Menon"
        ),
        cities=_phrases("Bengaluru, Mumbai, Pune, Chennai, Hyderabad, Kolkata"),
        legal_forms=("Pvt Ltd", "Ltd"),
    ),
    Country(
        name="Japan",
        weight=3,
        currency="JPY",
        given=_words("Haruka Kenta Misaki Daichi Ayumi Ryota Sakura Takumi Chihiro Naoki Yui Shohei"),
        family=_words("Fujiwara Matsuda Hayashida Kobayakawa Ishiguro Nishimura Takahara Shimizu Okabe Kuroda"),
        cities=_phrases("Tokyo, Osaka, Nagoya, Fukuoka, Sapporo"),
        legal_forms=("K.K.", "Co., Ltd."),
    ),
    Country(
        name="Australia",
        weight=4,
        currency="AUD",
        given=_words("Kirra Lachlan Matilda Bodhi Tahlia Jarrah Bronte Cooper Indigo Angus Minh Keira"),
        family=_words("Fitzgibbon Nguyen Macquarie Thorburn Papadakis Hewitt Drummond Ryder Gallagher Tuckey"),
        cities=_phrases("Sydney, Melbourne, Brisbane, Perth, Hobart"),
        legal_forms=("Pty Ltd",),
        phones=("+6125550####", "+6135550####", "+6175550####"),
    ),
)
