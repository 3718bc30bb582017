# %%
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score
df = pd.read_csv("readmissions.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="y"), df["y"], random_state=4)
# %%
floor = DummyClassifier(strategy="most_frequent").fit(X_train, y_train)
print("floor", f1_score(y_test, floor.predict(X_test)))
# %%
model = RandomForestClassifier().fit(X_train, y_train)
print("model", f1_score(y_test, model.predict(X_test)))
