# %%
import pandas as pd
from sklearn.tree import DecisionTreeClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score
emp = pd.read_csv("employees.csv")
emp["age_band"] = pd.cut(emp["age"], bins=[0, 25, 35, 50, 100], labels=False)
emp["pay_band"] = pd.qcut(emp["salary"], 4, labels=False)  # leak: POC501
# %%
X = emp[["age_band", "pay_band", "tenure"]]
X_train, X_test, y_train, y_test = train_test_split(X, emp["left"], test_size=0.2)
t = DecisionTreeClassifier().fit(X_train, y_train)
accuracy_score(y_test, t.predict(X_test))
