"""POC705 personal-data-in-output."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from poc_graduate.dataflow.names import last_name
from poc_graduate.rules.finding import Finding, Severity, Span
from poc_graduate.rules.outputs import StoredTable, tables, texts
from poc_graduate.rules.parsed import Parsed
from poc_graduate.rules.personal import may_be_personal, personal
from poc_graduate.rules.rule import Flagged, Rule
from poc_graduate.rules.view import CellView, NotebookView

_CLEAR = re.compile(
    r"(?i)^((first|last|middle|family|given|maiden|sur|full|customer|client|patient|employee)_?"
    r"names?|e_?mail(_?addr(ess)?)?|ssn|dob|"
    r"(date_?of_?birth|birth_?date)|iban|passport(_?(no|number))?|credit_?card(_?(no|number))?)$"
)
_PERSON = re.compile(r"(?i)^(age|dob|birth_?date|(date_?of_?)?birth)$")
# Data sets that everybody learns on (Titanic, Spaceship Titanic, Sakila); their people are long
# dead, or invented.
_TEXTBOOK = frozenset({"Pclass", "pclass", "SibSp", "sibsp", "CryoSleep", "actor_id"})
# Databases and generated data that everybody learns with, by the names that people keep: Chinook,
# Northwind, Sakila, AdventureWorks, Pubs, DVD Rental, the Playground Series of Kaggle, the bank's
# customers that its churn lessons invent.
_SAMPLE_DATA = re.compile(
    r"(?i)(?<![a-z])(chinook|northwind|sakila|adventure_?works|dvd_?rental|classic_?models"
    r"|contoso|playground[-_ ]series|tabular[-_ ]playground|churn_modell?ing)(?![a-z])"
)
# Names alone may be invented, as in a data set for learners.
_ONLY_NAMES = re.compile(r"(?i)shows the columns? (`[\w ]*names?`(, )?)+ of people$")
_INVENTED = re.compile(r"(?i)(^|_)(samples?|examples?|dummy|fake|mock|test|demo)(_|$)")
_INVENTS = re.compile(r"(faker|mimesis|names)(\.|$)")
_STATISTICS = frozenset({"count", "unique", "freq", "mean", "std", "dtype"})
_SEARCHES = frozenset("match fullmatch search findall finditer sub subn".split())
_SHORTEST = 6
_SAYS = ("card", "iban", "ssn", "social", "passport", "phone", "insurance", "fiscal", "national id")
_TABLE = (
    '<table border="1" class="dataframe"><tr><th></th><th>{}</th><th>city</th></tr>'
    "<tr><th>0</th><td>{}</td><td>Bonn</td></tr></table>"
)


class PersonalDataInOutput(Rule):
    """Data about people stand in the notebook: typed into a cell, or stored below it.

    Why it bites: the file goes into version control, mails and reviews, and the people with it;
    what is once in a repository's history stays there.
    On export: stored outputs are left behind; what stands in a cell is copied with it.
    """

    code, name, severity = "POC705", "personal-data-in-output", Severity.RISK
    message = "{what}; whoever gets the notebook gets {them} too"

    flagged = (
        Flagged("owner = «'jane.roe@acme-mills.com'»", says="an e-mail address stands here"),
        Flagged("df = df[df.iban == «'DE89 3704 0044 0532 0130 00'»]", says="a bank account"),
        Flagged("card = «'4539 1488 0343 6467'»"),
        Flagged(
            "«pd.read_csv('a.csv')»",
            says="column `email`",
            stored=_TABLE.format("email", "jane.roe@acme-mills.com"),
        ),
        Flagged(
            "df = pd.read_csv('a.csv')\n# %%\n«df.head()»",
            says="column `last_name`",
            stored=_TABLE.format("last_name", "Roe"),
        ),
        Flagged(
            "«pd.read_csv('a.csv')»",
            says="column `customer_name`",
            stored=_TABLE.format("customer_name", "Jane Roe"),
        ),
        Flagged(
            "«print(rows)»",
            says="2 e-mail addresses stand in the stored output",
            stored="jane.roe@acme-mills.com, john@acme-mills.com",
        ),
        Flagged(
            "«print(rows)»",
            says="2 phone numbers stand in the stored output",
            stored="phone +49 30 9018 2044, mobile +49 40 1234 5678",
        ),
    )
    ignored = (
        "mail = 'jane@example.org'",
        "SAMPLE_MAILS = ['jane.roe@acme-mills.com']",
        "Entrez.email = 'jane.roe@acme-mills.com'",  # its own author, as the service demands
        "card = '4111 1111 1111 1111'",  # the card that every payment service tests with
        "url = 'git@github.com:acme/mills.git'",
        "x = 4539148803436467",
        "text = 'jane.roe@acme-mills.com'\n# %%\npattern.findall(text)",  # made up to be found
        "regex.match('jane.roe@acme-mills.com')",
        "# written by jane.roe@acme-mills.com\nx = 1",
        Flagged("pd.read_csv('a.csv')", stored=_TABLE.format("name", "Café Roe")),
        Flagged("print(about)", stored="Donor: Jane Roe (jane.roe@acme-mills.com)"),  # an author
        Flagged(  # invented for a lesson
            "text = 'to jane.roe@acme-mills.com and john@acme-mills.com'\n"
            "print(re.findall('[a-z.]+@[a-z-]+.com', text))",
            stored="['jane.roe@acme-mills.com', 'john@acme-mills.com']",
        ),
        Flagged(
            "x = pd.read_csv('a.csv')\n# %%\npd.DataFrame({'first_name': ['Molly']})",
            stored=_TABLE.format("first_name", "Molly"),
        ),
        Flagged(
            "from faker import Faker\nx = pd.read_csv('a.csv')\n# %%\nx",
            stored=_TABLE.format("email", "jane.roe@acme-mills.com"),
        ),
        Flagged(  # a sample that many learn with
            "c = sqlite3.connect('data/chinook.db')\n# %%\npd.read_sql('select * from t', c)",
            stored=_TABLE.format("email", "jane.roe@acme-mills.com"),
        ),
        Flagged(
            "%sql sqlite:///northwind.db\n# %%\nprint(rows)",
            stored="jane.roe@acme-mills.com, john@acme-mills.com",
        ),
        Flagged(
            "pd.read_csv('../input/playground-series-s4e1/train.csv')",
            stored=_TABLE.format("Surname", "Roe"),
        ),
        Flagged("pd.read_csv('a.csv')", stored=_TABLE.format("CUSTOMERNAME", "Reims Mills Ltd.")),
        Flagged("pd.DataFrame(toys)", stored=_TABLE.format("first_name", "Molly")),  # typed here
        Flagged(
            "pd.read_csv('a.csv')", stored=_TABLE.format("phone", "+49 30 901820")
        ),  # of a school, maybe
        Flagged("pd.read_csv('a.csv')", stored=_TABLE.format("order", "4539-1488-0343-6460")),
        Flagged(  # one number, once cut off
            "print(pages)",
            stored="phone +49 301 9018 20... call +49 301 9018 2044 | more",
        ),
        Flagged(  # firms give these to everybody
            "print(pages)",
            stored="phone hotline +49 30 9018 2044, our helpdesk: +49 40 1234 5678",
        ),
    )

    def check_cell(self, cell: CellView) -> Iterator[Finding]:
        typed = cell.parsed.once(_typed)
        if typed is not None:
            node, kind = typed
            if _is_searched(node, cell):
                return
            yield self.found(node, cell, what=f"{_a(kind)} stands here", them="it")

    def check_notebook(self, notebook: NotebookView) -> Iterator[Finding]:
        """One finding for all stored outputs: they go when the outputs are cleared."""
        if any(_INVENTS.match(module) for module in notebook.imports.values()):
            return
        if any(_SAMPLE_DATA.search(text) for text in _sources(notebook)):
            return
        shown = [
            (cell, what) for cell in notebook.cells if cell.cell.outputs and (what := _stored(cell))
        ]
        if shown:
            (cell, what), *others = shown
            if others:
                count = f"{len(others)} more cell{'s' * (len(others) > 1)}"
                what = f"{what}, and so do those of {count}"
            severity = Severity.NOTE if _ONLY_NAMES.search(shown[0][1]) and not others else None
            yield self.found_at(cell, _first_line(cell), severity=severity, what=what, them="them")


def _sources(notebook: NotebookView) -> Iterator[str]:
    """Texts and magics that may say where the data come from."""
    for cell in notebook.cells:
        yield from (text for _, text in cell.texts)
        yield from (magic.arguments.partition("\n")[0] for magic in cell.cell.magics)


def _typed(cell: Parsed) -> tuple[ast.Constant, str] | None:
    """The first text of a cell that tells about people, and what it tells."""
    texts = [(node, text) for node, text in cell.texts if len(text) >= _SHORTEST]
    if not may_be_personal("\n".join(text for _, text in texts)):
        return None
    for node, text in texts:
        if isinstance(node, ast.Constant):
            for kind, _ in personal(text):
                if not _authors_own(node, cell):
                    return node, kind
                break
    return None


def _stored(cell: CellView) -> str:
    """What the stored output tells about people; the kinds only."""
    columns: list[str] = []
    for table in tables(cell.cell):
        columns += [
            name
            for name in _columns(table, cell)
            if name not in columns and not _is_typed(table.values(name), cell)
        ]
    if columns:
        named = ", ".join(f"`{name}`" for name in columns[:3])
        return f"the stored output shows the column{'s' * (len(columns) > 1)} {named} of people"
    found: dict[str, str] = {}
    for text in texts(cell.cell):
        # Outputs are full of numbers: they are looked at where something says what they are.
        words = text.lower()
        if "@" in words or any(word in words for word in _SAYS):
            found.update(
                {
                    d: kind
                    for kind, d in personal(text)
                    if not _is_typed((d,), cell) and not _is_a_firms(d, kind, text)
                },
            )
    found = {d: kind for d, kind in found.items() if not _is_cut_off(d, found)}
    # One in a long text is an author or a sender; any number may look like one.
    for kind, count in Counter(found.values()).most_common():
        if count > 1:
            many = f"{kind}es" if kind.endswith("s") else f"{kind}s"
            return f"{count} {many} stand in the stored output"
    return ""


def _is_cut_off(datum: str, found: dict[str, str]) -> bool:
    """Whether it is how another one begins, as a table shows it that has no room for all of it."""
    return any(other != datum and other.startswith(datum) for other in found)


def _is_a_firms(datum: str, kind: str, text: str) -> bool:
    """Whether a number is one that a firm gives to everybody, by the words before it."""
    return kind == "phone number" and all(
        _DESK.search(before[-_BEFORE:]) for before in text.split(datum)[:-1]
    )


_BEFORE = 40
"""Characters in which it is said whose number follows."""
_DESK = re.compile(
    r"(?i)hot-?line|help-?(line|desk)|info-?line|toll.?free|switchboard|customer (care|service)"
    r"|service|beratung|advice|zentrale|support|sales|office|reservations?|bookings?"
)


def _is_typed(data: tuple[str, ...], cell: CellView) -> bool:
    """Whether all of it stands in the notebook's own code, as people invent it for an example."""
    return bool(data) and all(
        any(datum in view.cell.source for view in cell.notebook.cells) for datum in data
    )


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _columns(table: StoredTable, cell: CellView) -> list[str]:
    """Columns that name people, where there are rows of them."""
    if table.height < 1 or not _TEXTBOOK.isdisjoint(table.columns):
        return []
    found = [
        name
        for name in table.columns
        if _CLEAR.match(name.replace(" ", "_")) and not _are_firms(name, table)
    ]
    if not found and any(_PERSON.match(name) for name in table.columns):
        found = [name for name in table.columns if name.lower() == "name"]
    # Statistics of the columns, or their names alone.
    return found if found and _reads(cell) and _STATISTICS.isdisjoint(table.labels) else []


def _are_firms(column: str, table: StoredTable) -> bool:
    """Whether the customers of a column of names are firms, as their legal forms tell."""
    if not _MAY_BE_FIRMS.match(column):
        return False
    return any(_FIRM.search(value) for value in table.values(column))


_MAY_BE_FIRMS = re.compile(r"(?i)(full|customer|client)[_ ]?names?$")
_FIRM = re.compile(
    r"(?i)\b(inc|incorporated|ltd|limited|llc|llp|plc|gmbh|corp|corporation|compan(y|ies)|pvt|pte"
    r"|bv|nv|sarl|holdings?|group|stores?|enterprises?|industries|partners|associates|solutions"
    r"|foods?|motors?|trading|logistics|bank|university|hospital)\b|& co\b|\bco\.|\bs\.a\.|\bAG$"
)


def _reads(cell: CellView) -> bool:
    """Whether the notebook reads tables: those that it makes itself are of nobody."""
    return any(name.startswith("read") for one in cell.notebook.cells for name in one.calls)


def _is_searched(node: ast.AST, cell: CellView) -> bool:
    """Whether patterns are tried on a text: people make one up for that."""
    names = set[str]()
    match cell.parent(node):
        case ast.Call(func=func) if last_name(func) in _SEARCHES:
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            names = {name}
    return bool(names) and any(
        isinstance(one, ast.Name) and one.id in names
        for other in cell.notebook.cells
        for method in _SEARCHES & other.calls.keys()
        for call in other.calls[method]
        for one in call.args
    )


def _authors_own(node: ast.AST, cell: Parsed) -> bool:
    """Whether a text says who runs the notebook, as services ask, or is called an example."""
    if isinstance(top := cell.top(node), ast.Assign) and any(
        isinstance(target, ast.Name) and _INVENTED.search(target.id) for target in top.targets
    ):
        return True
    match cell.parents.get(node):
        case ast.Assign(targets=[ast.Attribute(attr=name) | ast.Name(id=name)]):
            return name.lower() in ("email", "__author__", "__email__", "author", "user_agent")
        case ast.keyword(arg=str(name)):
            return name.lower() in ("email", "author", "author_email", "user_agent", "username")
    return False


def _first_line(cell: CellView) -> Span:
    text = cell.line(1)
    return Span(1, 1, 1, max(len(text.rstrip()), 1) + 1)
