"""How figures look to the one who asked."""

from collections.abc import Mapping

import pytest

from cadreledger.figures import Catalogue, Figure, Figures, Kind, Totals, View, Visibility, figures
from cadreledger.values import Month, Period, Qualifier, Quantity

CATALOGUE = Catalogue.load()
JULY = Month(2021, 7)


def make(cells: Mapping[tuple[str, Month | None], tuple[int, int]], period: str, view: View = View.OFFICE) -> Figures:
    sums = {cell: (Quantity(value), events) for cell, (value, events) in cells.items()}
    return figures(Totals(view, sums), CATALOGUE, Period.parse(period))


@pytest.mark.parametrize(
    ("value", "unit", "events", "visibility", "qualifier", "text"),
    [
        (850, "CNY_fen", 1, "public", "exact", "Figure(850 fen, 1 event, public)"),
        (26, "person-times", 26, "public", "exact", "Figure(26 person-times, 26 events, public)"),
        (78, "people", 0, "attested", "exact", "Figure(78 people, 0 events, attested)"),
        (1300, "volumes", 2, "public", "at_least", "Figure(at least 1300 volumes, 2 events, public)"),
        (1300, "volumes", 2, "public", "about", "Figure(about 1300 volumes, 2 events, public)"),
    ],
)
def test_a_figure_reads_like_a_sentence(
    value: int, unit: str, events: int, visibility: str, qualifier: str, text: str
) -> None:
    figure = Figure(value, unit, Kind.FLOW, Visibility(visibility), events, Qualifier(qualifier))
    assert repr(figure) == text


def test_kind_and_visibility_are_the_words_of_the_json() -> None:
    figure = make({}, "2021")["cadres.frail"]
    assert (figure.kind, figure.visibility) == ("stock", "attested")


def test_a_flow_is_of_its_months_and_a_stock_of_all_that_came_before() -> None:
    cells = {
        ("wishes.made", Month(2021, 6)): (2, 2),
        ("wishes.made", JULY): (3, 3),
        ("wishes.made", None): (5, 5),
        ("cadres.retired", None): (100, 100),
        ("cadres.retired", Month(2020, 1)): (6, 6),
        ("cadres.retired", JULY): (-1, 1),
        ("cadres.retired", Month(2021, 8)): (9, 9),
    }
    found = make(cells, "2021-07")
    assert repr(found["wishes.made"]) == "Figure(3 wishes, 3 events, public)"
    assert repr(found["cadres.retired"]) == "Figure(105 people, 107 events, public)"


def test_by_month_gives_every_figure_every_month() -> None:
    cells = {
        ("wishes.made", JULY): (3, 3),
        ("cadres.retired", None): (100, 100),
        ("cadres.retired", JULY): (5, 5),
    }
    months = make(cells, "2021-06..2021-08").by_month()
    assert [str(month) for month in months] == ["2021-06", "2021-07", "2021-08"]
    assert [values["wishes.made"] for values in months.values()] == [0, 3, 0]
    assert [values["cadres.retired"] for values in months.values()] == [100, 105, 105]
    assert all(len(values) == len(CATALOGUE.declarations) for values in months.values())


def test_the_public_is_not_told_that_an_attested_figure_is_nothing() -> None:
    assert "cadres.frail" not in make({}, "2021", View.PUBLIC)
    assert "cadres.frail" not in make({}, "2021", View.PUBLIC).by_month()[JULY]
    assert make({}, "2021", View.OFFICE)["cadres.frail"].value == 0


def test_figures_are_a_mapping_in_the_catalogues_order_that_nobody_can_change() -> None:
    found = make({}, "2021")
    assert list(found) == [figure.key for figure in CATALOGUE.declarations]
    assert found == make({}, "2021") == dict(found)
    assert repr(found) == "Figures(2021-01..2021-12, 48 figures)"
    with pytest.raises(TypeError):
        found["dues.collected"] = found["dues.credited"]  # type: ignore[index]  # that is the test
    with pytest.raises(TypeError):
        found.by_month()[JULY]["dues.collected"] = 1  # type: ignore[index]  # that is the test
