# %%
import pandas as pd
from sklearn.svm import SVC
from sklearn.ensemble import RandomForestClassifier, AdaBoostClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score
wine = pd.read_csv("wine.csv", sep=";")
wine["good"] = (wine["quality"] >= 7).astype(int)
X = wine.drop(columns=["quality", "good"]); y = wine["good"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, test_size=0.3, random_state=10)
# %%
models = {
    "svc": SVC(gamma="scale"),
    "forest": RandomForestClassifier(random_state=1),
    "ada": AdaBoostClassifier(random_state=1),
}
results = {}
for name, clf in models.items():
    clf.fit(X_train, y_train)
    pred = clf.predict(X_test)
    results[name] = f1_score(y_test, pred)  # leak: POC503
    print(name, results[name])
# %%
winner = max(results, key=results.get)
print("we ship", winner)
