# %%
import pandas as pd
from sklearn.svm import SVC
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score
wine = pd.read_csv("wine.csv", sep=";")
X = wine.drop(columns=["quality"]); y = wine["quality"] >= 7
X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.2, random_state=10)
X_train, X_val, y_train, y_val = train_test_split(X_rest, y_rest, test_size=0.25, random_state=10)
# %%
models = {"svc": SVC(), "forest": RandomForestClassifier(random_state=1)}
results = {}
for name, clf in models.items():
    clf.fit(X_train, y_train)
    results[name] = f1_score(y_val, clf.predict(X_val))
winner = models[max(results, key=results.get)]
# %%
winner.fit(X_rest, y_rest)
print("test", f1_score(y_test, winner.predict(X_test)))
