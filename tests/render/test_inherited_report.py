"""A report whose settings come from another client's file rests on that file, too."""

from tests.render.conftest import SETTINGS, SHOWS
from tests.render.factory import cx


def test_a_change_of_the_other_clients_settings_makes_the_report_anew(make_client, make_notebook, tmp_path, factory):
    master = make_client("master", name="The Master")
    make_client("acme", settings="client: {client}\nname: {name}\nsame_as: master\n")
    make_notebook("02_status", SHOWS)
    out = tmp_path / "out"
    code, said = factory(cx, tmp_path, "render", "acme", "master", "--out", out)
    assert code == 0, said
    assert "acme: fresh" in factory(cx, tmp_path, "why", "acme", "--out", out)[1]
    (master / "client.yml").write_text(SETTINGS.format(client="master", name="The Master") + "period: 2025\n")
    assert factory(cx, tmp_path, "why", "acme", "--out", out)[1] == "acme, status: ../master/client.yml changed\n"
    assert factory(cx, tmp_path, "render", "acme", "--out", out)[0] == 0
    assert "2025" in (out / "acme" / "index.html").read_text()
