# %%
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
d = pd.read_csv("telco.csv")
numbers = ["tenure", "charges"]
mm = MinMaxScaler()
d[numbers] = mm.fit_transform(d[numbers])  # leak: POC501
# %%
X_train, X_test, y_train, y_test = train_test_split(d[numbers], d["churn"], test_size=0.2)
rf = RandomForestClassifier()
rf.fit(X_train, y_train)
print(rf.score(X_test, y_test))
