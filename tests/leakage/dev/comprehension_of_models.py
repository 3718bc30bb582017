# %%
import pandas as pd
from sklearn.svm import SVC
from sklearn.model_selection import train_test_split
d = pd.read_csv("iris.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop(columns="species"), d["species"], random_state=0)
# %%
scores = {C: SVC(C=C).fit(X_train, y_train).score(X_test, y_test) for C in (0.1, 1, 10, 100)}  # leak: POC503
max(scores, key=scores.get)
