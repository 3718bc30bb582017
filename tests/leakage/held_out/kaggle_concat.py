# %%
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
both = pd.concat([train, test], sort=False)
# %%
both["Age"] = both["Age"].fillna(both["Age"].median())
both["Fare"] = both["Fare"].fillna(both["Fare"].mean())
both = pd.get_dummies(both, columns=["Sex", "Embarked"])
# %%
train = both[: len(train)]
test = both[len(train):]
rf = RandomForestClassifier().fit(train.drop(columns="Survived"), train["Survived"])
test["Survived"] = rf.predict(test.drop(columns="Survived"))
test[["PassengerId", "Survived"]].to_csv("submission.csv", index=False)
