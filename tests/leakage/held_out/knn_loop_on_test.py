# %%
import numpy as np, matplotlib.pyplot as plt
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
df = pd.read_csv("diabetes.csv")
X_train, X_test, y_train, y_test = train_test_split(df.iloc[:, :-1], df.iloc[:, -1], test_size=0.25, random_state=5)
mm = MinMaxScaler().fit(X_train)
X_train, X_test = mm.transform(X_train), mm.transform(X_test)
# %%
error = []
for k in range(1, 40):
    knn = KNeighborsClassifier(n_neighbors=k)
    knn.fit(X_train, y_train)
    error.append(np.mean(knn.predict(X_test) != y_test))  # leak: POC503
plt.plot(range(1, 40), error)
# %%
best = int(np.argmin(error)) + 1
knn = KNeighborsClassifier(n_neighbors=best).fit(X_train, y_train)
print("accuracy", knn.score(X_test, y_test))
