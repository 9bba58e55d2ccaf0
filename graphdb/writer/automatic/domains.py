"""New contacts join the company whose domain their e-mail address has, where the account wants it.

Addresses at providers that give them to anybody say nothing about a company.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.values import key_of
from graphdb.writer import statements
from graphdb.writer.automatic.trace import stored
from graphdb.writer.drafts import LinkDraft, Mode, PairDraft

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.catalog.model import Catalog, LabelSide
    from graphdb.store import Transaction
    from graphdb.writer.automatic.trace import Trace

_PRIMARY: Final = "primary"

_FREE_MAIL: Final = """
    126.com 163.com aim.com aol.com att.net bk.ru bluewin.ch bol.com.br btinternet.com comcast.net cox.net daum.net
    duck.com email.com fastmail.com free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com
    hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.se icloud.com inbox.lv
    inbox.ru interia.pl laposte.net libero.it list.ru live.co.uk live.com live.fr live.nl live.se mac.com mail.com
    mail.ru me.com msn.com naver.com o2.pl op.pl orange.fr outlook.com outlook.de outlook.es outlook.fr pm.me
    proton.me protonmail.com qq.com rediffmail.com rocketmail.com sbcglobal.net seznam.cz sina.com sky.com
    t-online.de telia.com tiscali.it tutanota.com uol.com.br verizon.net virgilio.it wanadoo.fr web.de wp.pl
    yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it
    yandex.com yandex.ru ymail.com zoho.com
"""
FREE_MAIL: Final = frozenset(_FREE_MAIL.split())
"""Domains under which providers give addresses to anybody."""


async def joined(tx: Transaction, catalog: Catalog, trace: Trace) -> list[PairDraft]:
    """The new contacts that join a company, each with the label ``primary`` unless it has a primary company."""
    contact, company = catalog.by_name.get("contact"), catalog.by_name.get("company")
    side = catalog.side_between("contact", "company")
    if not catalog.account.join_companies_by_domain or contact is None or company is None or side is None:
        return []
    email, domain = contact.by_name.get("email"), company.by_name.get("domain")
    if email is None or email.type is not PropertyType.EMAIL or domain is None or not domain.unique:
        return []
    wanted = {
        state.id: key_of(company, domain, host)
        for state in trace.states.values()
        if state.new and state.type.name == contact.name and (host := _host(state.values.get(email.name))) is not None
    }
    if not wanted:
        return []
    holders = dict(await tx.run(statements.find_keys(set(wanted.values()))))
    found = {record_id: holders[key] for record_id, key in wanted.items() if key in holders}
    label = next((one for one in side.labels if one.name == _PRIMARY), None)
    held = await _have(tx, label, found) if label is not None and found else set()
    drafts = []
    for record_id, company_id in sorted(found.items()):
        far = stored(company, company_id)
        labels = (label,) if label is not None and record_id not in held else ()
        link = LinkDraft(side=side, to=far, labels=labels, path=())
        drafts.append(PairDraft(index=-1, near=stored(contact, record_id), link=link, far=far, mode=Mode.ADD))
    return drafts


async def _have(tx: Transaction, label: LabelSide, ids: Iterable[str]) -> set[str]:
    """Those of the records that have one with a label."""
    text = (
        f"UNWIND $p.ids AS id MATCH (r:Record {{id: id}})-[:{quote(label.label.relationship_type)}]-(:Record) "
        "RETURN DISTINCT r.id"
    )
    return {row[0] for row in await tx.run(Statement(text, {"ids": sorted(ids)}))}


def _host(address: str | None) -> str | None:
    """The domain of an address, unless anybody may have one there."""
    host = (address or "").rpartition("@")[2]
    return host if host and host not in FREE_MAIL else None
