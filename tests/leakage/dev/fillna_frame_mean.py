# %%
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier
from sklearn.metrics import classification_report
df = pd.read_csv("water.csv")
df.isna().sum()
# %%
df.fillna(df.mean(), inplace=True)  # leak: POC501
# %%
X = df.drop("Potability", axis=1)
y = df["Potability"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)
dt = DecisionTreeClassifier(criterion="entropy").fit(X_train, y_train)
print(classification_report(y_test, dt.predict(X_test)))
