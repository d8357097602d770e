"""The reference pages: up to date, complete, and with examples that hold."""

import pytest
import yaml

from tests.house import reference


def test_the_reference_pages_are_up_to_date() -> None:
    """Run `make reference` when this fails."""
    pages = reference.pages()
    assert {path.name for path in reference.FOLDER.iterdir()} == set(pages)
    for name, text in pages.items():
        assert (reference.FOLDER / name).read_text("utf-8") == text, name


@pytest.mark.parametrize("page", [page for page in reference.PAGES if page.shape], ids=lambda page: page.name)
def test_the_example_of_a_page_has_every_key_and_is_a_sound_file(page: reference.Page) -> None:
    assert page.shape
    example = yaml.safe_load(reference.example(page.shape))
    page.shape.model_validate(example)
    assert set(example) == {field.alias or name for name, field in page.shape.model_fields.items()}


def test_every_key_of_every_shape_has_a_meaning_and_an_example() -> None:
    for page in reference.PAGES:
        for shape in reference.shapes_of(page):
            for name, field in shape.model_fields.items():
                assert field.description, (shape, name)
                assert field.examples, (shape, name)
