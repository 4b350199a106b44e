"""Remedies that no check of a client gives, but a call before or beside it: {remedy: call}; and those that no test can obey."""

from pathlib import Path

from cxlib.engagement import open_client
from cxlib.engagement.folder import new_client
from cxlib.engagement.looking import look
from cxlib.engagement.places import DEMOS, client_roots, keep_directory, user_file
from cxlib.engagement.proposal.new_folder import folder_from
from tests.engagement.remedies.cases import CSV, Call, World

STORES = "id,q,store\n" + "".join(f"{i},{i % 11},{('Hill', 'Mill')[i % 2]}\n" for i in range(60))
MEMBER = {"one": "member", "many": "members"}
MEDLEM = {"one": "medlem", "the_one": "medlemmet", "many": "medlemmer", "the_many": "medlemmerne", "compound": "medlems", "neuter": True}


def chain(world: World, rows: str = STORES) -> None:
    folder = world.client("chain", for_each="store")
    (folder / "s.csv").write_text(rows)


def meant(remedy: str) -> str:
    return remedy.partition("mean ")[2].strip("?`")


def first(remedy: str) -> str:
    return remedy.partition(": ")[2].split(", ")[0]


def with_few(world: World) -> None:
    chain(world, STORES + "99,5,Hut\n98,6,Hut\n")


def linked(world: World) -> None:
    world.client("real")
    (world.clients / "acme").symlink_to(world.clients / "real")


def unlinked(world: World) -> None:
    (world.clients / "acme").unlink()
    world.client("acme")


def stores_alone(world: World) -> None:
    world.monkeypatch.setenv("CX_CLIENTS", f"s3://bucket/clients:{world.clients}")


def nowhere(world: World) -> None:
    world.monkeypatch.delenv("CX_CLIENTS")


def set_to(world: World, directory: Path) -> None:
    world.monkeypatch.setenv("CX_CLIENTS", str(directory))


def workbook(world: World, text: str) -> None:
    nowhere(world)
    world.write("workbook.yml", text)


def after(*steps):
    """The last of several steps is what is asked for."""
    return [*steps][-1]


CALLS: dict[str, Call] = {
    # ------------------------------------------------------------ opening
    "each: Did you mean {}?": Call(lambda world: after(chain(world), open_client("chain--hil")), lambda world, remedy: open_client(meant(remedy)).one.value == "Hill"),
    "each: There are: {}": Call(lambda world: after(chain(world), open_client("chain--zzzzzz")), lambda world, remedy: open_client(first(remedy)).one.value == "Hill"),
    "each: cx check {} says more": Call(
        lambda world: after(with_few(world), open_client("chain--hut")), lambda world, remedy: open_client(remedy.split()[2]).each.few == ("Hut",)),
    "engagement: Add them below `words.{}`, as `{}: {}`": Call(
        lambda world: after(world.client(words={"asked": {"en": MEMBER}}), open_client("acme", "da")),
        lambda world, remedy: after(world.client(words={"asked": {"en": MEMBER, "da": MEDLEM}}), open_client("acme", "da").words["asked"]["one"] == "medlem")),
    "engagement: Describe its table there": Call(
        lambda world: after(world.client(), open_client("acme").contacts),
        lambda world, remedy: after(world.client(contacts={"file": "s.csv"}), len(open_client("acme").contacts.rows.index) == 0)),
    "engagement: Did you mean {}?": Call(
        lambda world: after(world.client(), open_client("acme", "daa")), lambda world, remedy: open_client("acme", meant(remedy)).language == meant(remedy)),
    "engagement: Use one of: {}": Call(
        lambda world: after(world.client(), open_client("acme", "zz")), lambda world, remedy: open_client("acme", first(remedy)).language == "en"),
    "engagement: Open {}, or write `for_each: ` and a column of the survey": Call(
        lambda world: after(world.client(), open_client("acme--hill")), lambda world, remedy: open_client(remedy.split()[1].strip(",")).id == "acme"),
    # ------------------------------------------------------------ folders
    "folder: An id has a-z, 0-9, - and _ only, and up to 41 of them": Call(lambda world: new_client("Åse & Co"), lambda world, remedy: new_client("aase-co").is_dir()),
    "folder: Choose another id; or put the files into it and describe them in its client.yml": Call(
        lambda world: after(world.client(), new_client("acme")), lambda world, remedy: new_client("acme-2").is_dir()),
    "folder: Put the folder itself there": Call(lambda world: after(linked(world), open_client("acme")), lambda world, remedy: after(unlinked(world), open_client("acme").id == "acme")),
    "folder: There are: {}": Call(lambda world: after(world.client(), open_client("zzzzzzzz")), lambda world, remedy: open_client(first(remedy)).id == "acme"),
    "folder: Unset it, make the folder here and copy it there": Call(
        lambda world: after(stores_alone(world), new_client("acme")), lambda world, remedy: after(set_to(world, world.clients), new_client("acme").is_dir())),
    "folder: cx render, check and why fetch it from there; for everything else copy its folder to this machine": Call(
        lambda world: after(stores_alone(world), open_client("acme")), lambda world, remedy: after(world.client(), open_client("acme").id == "acme")),
    # ------------------------------------------------------------ files that are looked at, and made into a client
    "looking: Check its name and its rights": Call(lambda world: look(world.here / "no.csv"), lambda world, remedy: look(world.write("s.csv", CSV)).rows == 10),
    "looking: Split or thin it out": Call(
        lambda world: after(world.monkeypatch.setattr("cxlib.engagement.looking.LARGEST", 100), look(world.write("s.csv", CSV * 9))),
        lambda world, remedy: look(world.write("s.csv", CSV)).rows == 10),
    "proposal/draft: Name a table of the client": Call(
        lambda world: folder_from("acme", [world.here / "no.csv"]), lambda world, remedy: folder_from("acme", [world.write("s.csv", CSV)]).folder.is_dir()),
    "proposal/draft: Name the tables alone": Call(
        lambda world: folder_from("acme", [world.write("s.csv", CSV), world.write("client.yml", "x")]),
        lambda world, remedy: folder_from("acme", [world.write("s.csv", CSV)]).folder.is_dir()),
    "proposal/draft: Rename one of them": Call(
        lambda world: folder_from("acme", [world.write("s.csv", CSV), world.write("old/s.csv", CSV)]),
        lambda world, remedy: folder_from("acme", [world.write("s.csv", CSV), world.write("old/t.csv", CSV)]).folder.is_dir()),
    # ------------------------------------------------------------ where the clients lie
    "places: Choose a directory": Call(lambda world: keep_directory(str(world.write("a", "x"))), lambda world, remedy: keep_directory(str(world.here / "b")) == user_file()),
    "places: Choose a directory outside of it": Call(lambda world: keep_directory(str(DEMOS)), lambda world, remedy: keep_directory(str(world.here / "b")) == user_file()),
    "places: Name a store in CX_CLIENTS": Call(
        lambda world: after(workbook(world, "clients: s3://bucket\n"), client_roots()),
        lambda world, remedy: after(world.monkeypatch.setenv("CX_CLIENTS", "s3://bucket"), client_roots() == [DEMOS.resolve()])),
    "places: Set CX_CLIENTS instead": Call(
        lambda world: after(world.monkeypatch.setattr("os.replace", refused), keep_directory(str(world.here / "b"))),
        lambda world, remedy: after(set_to(world, world.here / "b"), new_client("acme") == world.here / "b" / "acme")),
    "places: Set CX_CLIENTS to a directory outside of the workbook's repository, or write `clients: {}` into a {} in this folder, in one above it, or as {}": Call(
        lambda world: after(nowhere(world), new_client("acme")),
        lambda world, remedy: after(world.write(remedy.partition("into a ")[2].split()[0], remedy.split("`")[1]), new_client("acme").parts[-2:] == ("cx-clients", "acme"))),
}


def refused(*_):
    raise OSError(13, "Permission denied")


NO_TEST_CAN = {
    "folder: Close it elsewhere and check its rights": "a file that another program holds: the rights of the machine, and root has all",
    "mending: Check its rights": "the rights of the machine, and root has all",
    "places: Check its rights": "the rights of the machine, and root has all",
    "settings/layouts: Give `all`, `any` or `like`": "a layout of the workbook itself, whose files a test reads",
    "each: Write `for_each: ` and a column of the survey": "given to callers inside the package alone: `_engagement` asks before",
    "tables/answers: {}-{} stored as {}-{} needs `shift: {}`": "said behind the labels of the file alone, which is obeyed",
    "tables/office_files: pip install pyarrow": "a package of the machine",
    "tables/statistics_files: pip install pyreadstat, or \"cxlib[spss]\"": "a package of the machine",
    "tables/old_sheets: Save it without one": "a locked xls, which no library at hand writes",
}
ELSEWHERE = {  # obeyed by a test beside what says them
    "survey: Join them, `recode: {{}: {from: {}, joined: {{}: [{}]}}}`, and write {} under `{}`": "tests/engagement/test_drivers_settings.py",
    "settings/survey: Either it is held equal, or it is ranked: name it once": "tests/engagement/test_drivers_settings.py",
}
NO_CASE_YET = (  # what `cx new`, its notebook and a survey of nothing but segments say; met in tests, but obeyed by none
    "checking: Name one under {} or {}",
    "proposal/draft: Check the rights of the folder of {}; nothing was changed",
    "proposal/draft: Did you mean {}?",
    "proposal/draft: Give its value to add it",
    "proposal/draft: Open {}",
    "proposal/draft: Put the tables into it, or name them in `files`",
    "proposal/draft: Rename the new one, or name the one in the folder",
    "proposal/draft: Run the notebook again: the proposals are laid beside what it says now",
    "proposal/draft: {}. Or name the tables that a new one is made from, in `files`",
    "proposal/proposal: Decide on the lines of client.yml that begin with `# ?`: take away `# ? ` where one is right; {}",
    "proposal/proposal: {}; if these are not its headings, say where they are (`read: {headings: 3}`, or `sheet`); else name a question under `survey`, as `rating: {column: ..., scale: [1, 5]}`",
    "proposal/settings_text: Write it there by hand: {}",
    "settings/survey: Give `blocks` or remove `{}`",
)
