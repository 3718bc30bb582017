# %%
import numpy as np
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split, cross_val_score
df = pd.read_csv("diabetes.csv")
X_train, X_test, y_train, y_test = train_test_split(df.iloc[:, :-1], df.iloc[:, -1], test_size=0.25, random_state=5)
# %%
cv = {}
for k in range(1, 40, 2):
    cv[k] = cross_val_score(KNeighborsClassifier(k), X_train, y_train, cv=5).mean()
best = max(cv, key=cv.get)
# %%
knn = KNeighborsClassifier(best).fit(X_train, y_train)
knn.score(X_test, y_test)
