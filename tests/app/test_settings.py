"""Settings: one table, every fault at once, the same values for a child process."""

from pathlib import Path

import pytest

from app.settings import SETTINGS, Settings, SettingsError, settings_table


def test_defaults_need_no_environment() -> None:
    settings = Settings.from_environment(environ={})

    assert settings == Settings()
    assert (settings.host, settings.port, settings.neo4j_uri) == ("127.0.0.1", 8000, None)


def test_the_environment_gives_typed_values() -> None:
    environ = {
        "KINSHIP_PORT": " 8080 ",
        "KINSHIP_DATA": "elsewhere",
        "KINSHIP_READ_TIMEOUT_S": "2.5",
        "KINSHIP_GRAPHIQL": "off",
        "NEO4J_URI": "bolt://db:7687",
    }

    settings = Settings.from_environment(environ=environ)

    assert settings.port == 8080
    assert settings.data_dir == Path("elsewhere")
    assert settings.read_timeout_s == 2.5
    assert settings.graphiql is False
    assert settings.neo4j_uri == "bolt://db:7687"


def test_the_command_line_wins_and_none_is_not_given() -> None:
    environ = {"KINSHIP_PORT": "8080", "KINSHIP_HOST": "::1"}

    settings = Settings.from_environment({"port": 9000, "host": None}, environ)

    assert (settings.port, settings.host) == (9000, "::1")


def test_an_empty_variable_is_not_given() -> None:
    settings = Settings.from_environment(environ={"KINSHIP_PORT": "", "NEO4J_URI": " "})

    assert (settings.port, settings.neo4j_uri) == (8000, None)


def test_every_bad_value_is_reported_at_once() -> None:
    environ = {
        "KINSHIP_PORT": "70000",
        "KINSHIP_WORKERS": "two",
        "KINSHIP_INTROSPECTION": "perhaps",
        "KINSHIP_READ_TIMEOUT_S": "nan",
        "KINSHIP_LOG_LEVEL": "loud",
        "KINSHIP_PAGE_SIZE_MAX": "5",
        "KINSHIP_PAGE_SIZE_ROOT": "50",
    }

    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"depth_max": 0, "colour": "blue"}, environ)

    assert sorted(caught.value.faults) == [
        "KINSHIP_INTROSPECTION: expected true or false, found 'perhaps'",
        "KINSHIP_LOG_LEVEL: expected one of debug, info, warning, error, found 'loud'",
        "KINSHIP_PAGE_SIZE_ROOT: expected at most KINSHIP_PAGE_SIZE_MAX (5), found 50",
        "KINSHIP_PORT: expected at most 65,535, found 70,000",
        "KINSHIP_READ_TIMEOUT_S: expected a number, found 'nan'",
        "KINSHIP_WORKERS: expected a whole number, found 'two'",
        "There is no setting 'colour'.",
        "setting depth_max: expected at least 1, found 0",
    ]


def test_a_smaller_largest_page_lowers_the_default_pages() -> None:
    settings = Settings.from_environment(environ={"KINSHIP_PAGE_SIZE_MAX": "15"})

    assert (settings.page_size_root, settings.page_size_nested) == (15, 10)


def test_a_child_process_gets_the_same_settings() -> None:
    settings = Settings(
        port=9001,
        data_dir=Path("d"),
        neo4j_uri="bolt://db",
        neo4j_password="p",
        graphiql=False,
        read_timeout_s=0.5,
    )

    assert Settings.from_environment(environ=settings.to_environment()) == settings


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False),  # noqa: S104 - compared with, not bound to
        ("192.168.1.4", False), ("crm.example", False),
    ],
)  # fmt: skip
def test_only_loopback_addresses_are_closed_to_others(host: str, loopback: bool) -> None:
    assert Settings(host=host).loopback is loopback


def test_a_loopback_server_answers_for_loopback_names_only() -> None:
    assert Settings().host_names == frozenset({"localhost", "127.0.0.1", "::1"})
    assert Settings(host="192.168.1.4").host_names is None
    assert Settings(allowed_hosts="*").host_names is None
    assert "crm.example" in (Settings(host="::", allowed_hosts="crm.example").host_names or ())


def test_the_table_has_a_row_for_every_setting() -> None:
    table = settings_table()

    assert len(table.splitlines()) == 2 + len(SETTINGS)
    for setting in SETTINGS:
        assert f"| `{setting.variable}` |" in table
        assert setting.help.endswith(".")
