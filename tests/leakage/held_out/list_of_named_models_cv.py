# %%
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.model_selection import train_test_split, cross_val_score, KFold
from sklearn.metrics import accuracy_score
d = pd.read_csv("mushrooms.csv")
X = pd.get_dummies(d.drop(columns="class")); y = d["class"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
# %%
models = [("LR", LogisticRegression()), ("NB", GaussianNB())]
for name, model in models:
    folds = KFold(n_splits=10, shuffle=True, random_state=7)
    result = cross_val_score(model, X_train, y_train, cv=folds, scoring="accuracy")
    print(name, result.mean(), result.std())
# %%
nb = GaussianNB().fit(X_train, y_train)
print(accuracy_score(y_test, nb.predict(X_test)))
