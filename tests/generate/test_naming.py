"""What functions made of cells are called: by the author's words, else by what the cell does."""

from __future__ import annotations

import ast

import pytest

from poc_graduate.generate.naming import Story, named


def story(code: str, **about: object) -> Story:
    given: dict[str, object] = {
        "comment": "",
        "heading": "",
        "alone": True,
        "kind": "compute",
        "outputs": ["df"],
        "files": {},
        **about,
    }
    return Story(body=ast.parse(code).body, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "about", "name", "sentence"),
    [
        ("df = df.drop_duplicates('id')", {}, "drop_duplicates", "Drop duplicates of id"),
        (
            "df['age'] = df['age'].fillna(0)\ndf['pay'] = df['pay'].fillna(1)",
            {},
            "fill_age_and_pay",
            "Fill age and pay",
        ),
        (
            "df['day'] = pd.to_datetime(df['day'])\ndf = df.dropna(subset=['day'])",
            {},
            "drop_missing_day",
            "Convert day, drop rows without day",
        ),
        ("both = df.merge(stores, on='id')", {}, "join_stores", "Join stores"),
        ("df = df[(df.age > 17) & (df['plan'] != 'x')]", {}, "filter_age_and_plan", None),
        (
            "m = RandomForestClassifier()\nm.fit(X, y)",
            {"outputs": ["m"]},
            "fit_random_forest_classifier",
            None,
        ),
        (
            "df.Sex.replace({'F': 0}, inplace=True)\ndf['Age'].fillna(0, inplace=True)",
            {"heading": "Outliers", "alone": False},
            "replace_sex",
            None,
        ),
        ("X1, X2, y1, y2 = train_test_split(X, y)", {}, "split_train_and_test", None),
        (
            "df = pd.read_csv(customers_csv)",
            {"files": {"customers_csv": "customers"}},
            "read_customers",
            "Read customers",
        ),
        (
            "df.to_csv('out/scored.csv')",
            {"files": {"out/scored.csv": "scored"}},
            "write_scored",
            "Write scored",
        ),
        ("quality = df.groupby('a').size()", {"outputs": ["quality"]}, "compute_quality", None),
    ],
)
def test_the_most_telling_step_names_it(code, about, name, sentence):
    found = named(story(code, **about), set(), cell=3)

    assert found[0] == name
    assert sentence is None or found[1] == sentence


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ("remove outliers", "remove_outliers"),
        ("Scaling the features", "scale_features"),
        ("till was offline -> no count, take the median of the store", "take_median_store"),
        ("how sure are we? draw from the residuals", "draw_from_residuals"),
        ("fixed by hand, asked billing", "set_age"),
    ],
)
def test_a_comment_names_it_where_it_says_what_is_done(comment, name):
    found = named(story("df['age'] = 42\ndf['age'].sum()", comment=comment), set(), cell=3)

    assert found[0] == name
    assert found[1].lower().startswith(comment.lower()[:12])


def test_a_heading_names_the_only_function_below_it():
    about = {"heading": "Data cleaning", "kind": "clean"}

    assert named(story("df['age'] = 1", **about), set(), cell=3)[0] == "clean_data"
    assert named(story("df['age'] = 1", alone=False, **about), set(), cell=3)[0] == "set_age"


def test_a_name_that_is_taken_is_not_given_again():
    first = named(story("df = f(df)", outputs=["df"]), set(), cell=3)[0]
    second = named(story("df = f(df)", outputs=["df"]), {first}, cell=9)[0]

    assert first == "compute_df"
    assert second == "compute_df_of_cell_9"


def test_one_of_several_that_do_the_same_is_told_by_its_section():
    told = story("y_pred = model.predict(X)", outputs=["y_pred"], heading="With SMOTE", alone=False)
    taken = {"predict_y_pred", "compute_y_pred"}

    assert named(told, taken, cell=7)[0] == "predict_smote"
    assert named(told, {*taken, "predict_smote"}, cell=7)[0] == "compute_smote"


def test_a_heading_above_several_functions_describes_none_of_them():
    several = story("x = df.pop('x')", outputs=["x"], heading="Treat Outliers", alone=False)

    assert named(several, (), cell=7)[1] == "Compute x"


def test_a_second_model_of_one_kind_is_told_by_what_it_is_called():
    code = "model_rf = RandomForestClassifier()\nmodel_rf.fit(X, y)"
    second = story(code, outputs=["model_rf"], kind="evaluate", alone=False)

    name, sentence = named(second, {"fit_random_forest_classifier"}, cell=7)

    assert (name, sentence) == ("fit_model_rf", "Fit RandomForestClassifier")


@pytest.mark.parametrize("text", ["class", "für", "1", "数据", "import"])
def test_names_are_names_whatever_the_comment_says(text):
    name, sentence = named(story("df = f(df)", comment=text, heading=text), set(), cell=3)

    assert name.isidentifier()
    assert sentence
