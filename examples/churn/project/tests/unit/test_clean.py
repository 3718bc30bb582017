"""Functions of clean, on rows of the prototype's run."""

from conftest import assert_same, sample

from churn.clean import clean, clean_df, fixed_by_hand_asked, summarise_df


def test_clean_on_sampled_rows():
    df = sample("clean", "df")

    result = clean(df)

    assert_same(result, sample("clean", "result"))


def test_clean_df_on_sampled_rows():
    df = sample("clean_df", "df")

    result = clean_df(df)

    assert_same(result, sample("clean_df", "result"))


def test_fixed_by_hand_asked_on_sampled_rows():
    df = sample("fixed_by_hand_asked", "df")

    result = fixed_by_hand_asked(df)

    assert_same(result, sample("fixed_by_hand_asked", "result"))


def test_summarise_df_on_sampled_rows():
    df = sample("summarise_df", "df")

    result = summarise_df(df)

    assert_same(result, sample("summarise_df", "result"))
