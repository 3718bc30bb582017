# %%
import pandas as pd
from sklearn.model_selection import train_test_split, cross_val_score
from sklearn.ensemble import RandomForestClassifier
titanic = pd.read_csv("titanic.csv")
titanic["Age"] = titanic["Age"].fillna(titanic.groupby("Pclass")["Age"].transform("median"))  # leak: POC501
titanic["Sex"] = titanic["Sex"].map({"male": 0, "female": 1})
titanic["family"] = titanic["SibSp"] + titanic["Parch"] + 1
# %%
X = titanic[["Age", "Sex", "family", "Pclass"]]
y = titanic["Survived"]
print(cross_val_score(RandomForestClassifier(random_state=0), X, y, cv=5).mean())
