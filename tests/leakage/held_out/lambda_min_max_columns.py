# %%
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split
d = pd.read_csv("glass.csv")
y = d["Type"]
d = d.drop(columns="Type").apply(lambda c: (c - c.min()) / (c.max() - c.min()))  # leak: POC501
# %%
X_train, X_test, y_train, y_test = train_test_split(d, y, test_size=0.25, random_state=2)
knn = KNeighborsClassifier(3).fit(X_train, y_train)
print(knn.score(X_test, y_test))
