# %%
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.preprocessing import OneHotEncoder, StandardScaler, LabelEncoder
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split, cross_validate
adult = pd.read_csv("adult.csv", na_values="?")
le = LabelEncoder()
y = le.fit_transform(adult["income"])
X = adult.drop(columns="income")
# %%
pre = ColumnTransformer([
    ("num", Pipeline([("imp", SimpleImputer()), ("sc", StandardScaler())]), make_column_selector(dtype_include="number")),
    ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_include=object)),
])
model = Pipeline([("pre", pre), ("clf", HistGradientBoostingClassifier())])
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0, stratify=y)
cv = cross_validate(model, X_train, y_train, cv=5, scoring="roc_auc")
print(cv["test_score"].mean())
model.fit(X_train, y_train)
model.score(X_test, y_test)
