"""What companies are called, what they sell, and what people write about it."""

from __future__ import annotations

from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


COMPANY_STEMS = _words(
    "Aldermoor Amberline Arcwell Ashgrove Auriga Bellwether Birchfield Blackthorn Bluewater Boreal "
    "Brightforge Calder Canopy Cedarbrook Cinderhill Clearbrook Cobalt Copperleaf Coralline Crestline "
    "Dunmore Eastbrook Elmstead Emberfall Evenfield Fairhaven Fernhollow Firestone Foxglove Galehurst "
    "Glasswing Goldcrest Granitepeak Greyfriars Halcyon Harborlight Hartwell Hazelmere Helion Highmark "
    "Hollowell Ironwood Ivorytree Junipero Keystone Kingsmere Lakemont Lanternworks Larkspur Lighthouse "
    "Longacre Lumenta Maplecross Marlowe Meridian Millbrook Moorgate Nimbus Northfield Nova Oakhaven "
    "Oldcastle Opaline Orchardson Osprey Palisade Parallax Pinecrest Polaris Quarry Quillon Ravenscroft "
    "Redwood Ridgeway Riverbend Rosewood Saffron Sagebrush Saltmarsh Silverlake Solstice Southgate "
    "Sparrowhawk Stonebridge Sunderland Sycamore Tallgrass Tamarind Tidewater Trellis Umbra Valemont "
    "Verdant Vireo Wavecrest Westerly Whitestone Wildrose Willowbank Windermere Wolfsbane Yarrow Zephyr"
)


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry: the catalog's option, its share of the companies, and what its companies' names end in."""

    option: str
    weight: int
    endings: tuple[str, ...]


INDUSTRIES: tuple[Industry, ...] = (
    Industry("SOFTWARE", 20, _words("Software Labs Systems Cloud Analytics Studio")),
    Industry("TECHNOLOGY", 14, _words("Technologies Devices Robotics Instruments Networks")),
    Industry("RETAIL", 12, _words("Stores Outfitters Market Trading Home")),
    Industry("MEDICAL", 10, _words("Medical Health Diagnostics Pharma Clinics")),
    Industry("FINANCE", 9, _words("Capital Partners Bank Insurance Ledger")),
    Industry("MARKETING", 8, _words("Media Creative Communications Agency")),
    Industry("TELECOMMUNICATIONS", 6, _words("Telecom Mobile Connect Wireless")),
    Industry("ENTERTAINMENT", 6, _words("Pictures Games Events Records")),
    Industry("SERVICES", 10, _words("Services Facilities Logistics Consulting Engineering")),
    Industry("EMPLOYMENT", 5, _words("Staffing Talent People Recruiting")),
)

JOB_TITLES = _phrases(
    "Account Manager, Buyer, Chief Executive Officer, Chief Financial Officer, Chief Technology Officer, "
    "Controller, Customer Success Manager, Data Analyst, Director of Operations, Facilities Manager, "
    "Finance Manager, Head of Marketing, Head of Procurement, HR Business Partner, IT Administrator, IT "
    "Director, Legal Counsel, Logistics Coordinator, Managing Director, Office Manager, Operations "
    "Manager, Plant Manager, Product Manager, Project Manager, Purchasing Manager, Quality Engineer, "
    "Research Lead, Sales Director, Security Engineer, Software Engineer, Supply Chain Manager, Support "
    "Engineer, Team Lead, Vice President Sales"
)

DEPARTMENTS = _phrases("Finance, Information Technology, Legal, Marketing, Operations, Procurement, Sales, Support")

OWNERS = _phrases(
    "Mina Castellanos, Piet Vandermeer, Adaeze Obi, Rowan Fitch, Yuki Tanabe, Lena Holmqvist, Samir "
    "Haddad, Greta Nowak, Tobias Krull, Camille Perrin, Noor Rahimi, Wes Calloway"
)


@dataclass(frozen=True, slots=True)
class Article:
    """A product: its name, stock-keeping unit, series and price in the account's currency."""

    name: str
    sku: str
    series: str
    price: int


ARTICLES: tuple[Article, ...] = (
    Article("Ledger Starter", "LDG-100", "Ledger", 480),
    Article("Ledger Team", "LDG-200", "Ledger", 1900),
    Article("Ledger Enterprise", "LDG-900", "Ledger", 14500),
    Article("Beacon Sensor", "BCN-010", "Beacon", 89),
    Article("Beacon Sensor Pack of 10", "BCN-011", "Beacon", 790),
    Article("Beacon Gateway", "BCN-050", "Beacon", 640),
    Article("Beacon Fleet Licence", "BCN-500", "Beacon", 5200),
    Article("Relay Router", "RLY-300", "Relay", 1240),
    Article("Relay Switch 24", "RLY-324", "Relay", 870),
    Article("Relay Switch 48", "RLY-348", "Relay", 1530),
    Article("Relay Care Plan", "RLY-CARE", "Relay", 360),
    Article("Atlas Desk", "ATL-001", "Atlas", 1150),
    Article("Atlas Chair", "ATL-002", "Atlas", 620),
    Article("Atlas Meeting Room", "ATL-100", "Atlas", 8900),
    Article("Prism Analytics", "PRS-100", "Prism", 2600),
    Article("Prism Analytics Plus", "PRS-200", "Prism", 6400),
    Article("Prism Data Connector", "PRS-010", "Prism", 310),
    Article("Harbor Backup 1 TB", "HRB-001", "Harbor", 240),
    Article("Harbor Backup 10 TB", "HRB-010", "Harbor", 1980),
    Article("Harbor Archive", "HRB-900", "Harbor", 7300),
    Article("Onboarding Workshop", "SVC-010", "Services", 1800),
    Article("Migration Service", "SVC-050", "Services", 9600),
    Article("Premium Support", "SVC-100", "Services", 4200),
    Article("Consulting Day", "SVC-001", "Services", 1350),
)

DEAL_KINDS = _phrases("New business, Expansion, Renewal, Pilot, Replacement, Rollout, Framework contract")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A ticket's subject, what the customer writes, and how it ends when it ends."""

    subject: str
    content: str
    resolution: str
    category: str


COMPLAINTS: tuple[Complaint, ...] = (
    Complaint(
        "Cannot sign in since the update",
        "Since this morning every attempt to sign in ends on a blank page.\n\nThree colleagues see the same.",
        "Sessions from before the update were cleared.",
        "TECHNICAL_ISSUE",
    ),
    Complaint(
        "Invoice shows the wrong tax rate",
        "The last invoice was issued with the domestic rate, although our tax number is on file.",
        "Invoice cancelled and issued anew.",
        "BILLING_INQUIRY",
    ),
    Complaint(
        "Gateway drops its connection every night",
        "At about 02:10 the gateway goes offline for ten minutes.\nThe log says: link down, link up.",
        "Firmware replaced; stable for a week.",
        "TECHNICAL_ISSUE",
    ),
    Complaint(
        "Export stops at 10,000 rows",
        "The export of the yearly report ends after 10,000 rows without a warning.",
        "The export is paged now; documentation corrected.",
        "TECHNICAL_ISSUE",
    ),
    Complaint(
        "Two chairs arrived damaged",
        "Of the twelve chairs two have a cracked base. Photographs are attached.",
        "Replacements sent by courier.",
        "REFUND_REQUEST",
    ),
    Complaint(
        "How do we add a second warehouse?",
        "We open a second site in spring. Can one licence hold both warehouses?",
        "Explained; licence extended.",
        "PRODUCT_INQUIRY",
    ),
    Complaint(
        "Cancel the care plan",
        "Please cancel the care plan at the end of the term; the switches are being retired.",
        "Cancelled at the end of the term.",
        "CANCELLATION_REQUEST",
    ),
    Complaint(
        "Dashboard is slow on Mondays",
        "Between 8 and 9 on Mondays the dashboard takes half a minute to open.",
        "Reports are computed the evening before.",
        "TECHNICAL_ISSUE",
    ),
    Complaint(
        "Order was charged twice",
        "Our card statement shows the same amount twice, on the same day.",
        "Second charge refunded.",
        "REFUND_REQUEST",
    ),
    Complaint(
        "Which connector fits our accounting system?",
        "We would like to pass our postings on automatically. Is there a connector, and what does it cost?",
        "Connector recommended; trial set up.",
        "PRODUCT_INQUIRY",
    ),
)

NOTES = _phrases(
    "Budget is approved for the coming quarter, Wants a reference customer of the same size, Decision is "
    "postponed until the new managing director has started, Asked for the security questionnaire, Prefers "
    "to be called in the morning, Competitor offer is about a tenth lower, Procurement needs three "
    "offers, Pilot went well; roll-out to two more sites is likely, Contract renewal is due in spring, "
    "Complained about late delivery; keep an eye on it"
)
MEETINGS = _phrases(
    "Kick-off, Quarterly review, Product demonstration, Contract negotiation, Technical deep dive, Site visit"
)
CALLS = _phrases("First call, Follow-up, Price question, Delivery date, Renewal, Support call-back")
EMAILS = _phrases(
    "Offer as discussed, Your question about delivery, Meeting summary, Documents for signature, "
    "Introduction to the support team, Renewal of the contract"
)
TASKS = _phrases(
    "Send the offer, Prepare the demonstration, Ask for the purchase order, Check the delivery date, Call "
    "back, Update the contract"
)
