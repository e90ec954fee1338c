"""What class and id words say of an element."""

import pytest

from workers.cleaner.groups import element_bits, has_place


@pytest.mark.parametrize(
    ("attributes", "place"),
    [
        ('class="col-6 site-comments"', "comment"),
        ('id="relatedStories"', "related"),
        ('data-x="1" class="NewsletterBox"', "subscribe"),
        ('class="" role="navigation"', "nav"),
        ('data-testid="byline2"', "byline"),
        ('class="ünder comments"', "comment"),
    ],
)
def test_the_words_of_telling_attributes_name_places(attributes: str, place: str) -> None:
    assert has_place(element_bits("div", attributes), place)


@pytest.mark.parametrize("attributes", ['title="comments"', 'class="commented"', 'style="comments"', 'class=""'])
def test_other_attributes_and_other_words_do_not(attributes: str) -> None:
    assert not has_place(element_bits("div", attributes), "comment")


def test_tags_and_the_story_itself_have_places_of_their_own() -> None:
    assert has_place(element_bits("aside", ""), "<aside>")
    assert has_place(element_bits("div", 'itemprop="articleBody"'), "itemprop")
