# %%
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score
d = pd.read_csv("mushrooms.csv")
X = pd.get_dummies(d.drop(columns="class")); y = d["class"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
# %%
models = []
models.append(("LR", LogisticRegression()))
models.append(("NB", GaussianNB()))
models.append(("SVM", SVC()))
names, accs = [], []
for name, model in models:
    model.fit(X_train, y_train)
    names.append(name)
    accs.append(accuracy_score(y_test, model.predict(X_test)))  # leak: POC503
pd.DataFrame({"model": names, "accuracy": accs})
