# %%
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
d = pd.read_csv("bank.csv")
X, y = d.drop(columns="y"), d["y"]
scores = []
for seed in range(20):
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)
    lr = LogisticRegression().fit(X_train, y_train)
    scores.append(lr.score(X_test, y_test))
print(np.mean(scores), np.std(scores))
