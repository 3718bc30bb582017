# %%
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import confusion_matrix, classification_report
d = pd.read_csv("cells.csv")
X_train, X_test, y_train, y_test = train_test_split(d.drop("target", axis=1), d["target"], test_size=0.3, random_state=101)
# %%
knn = KNeighborsClassifier(n_neighbors=1)
knn.fit(X_train, y_train)
pred = knn.predict(X_test)
print(confusion_matrix(y_test, pred))
print(classification_report(y_test, pred))
# %%
# with k = 23 it is better
knn = KNeighborsClassifier(n_neighbors=23)
knn.fit(X_train, y_train)
pred = knn.predict(X_test)
print(confusion_matrix(y_test, pred))  # leak: POC503
print(classification_report(y_test, pred))
