# %%
# odd, but no test row reaches the training: the test part is scaled by itself
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.neighbors import KNeighborsRegressor
from sklearn.model_selection import train_test_split
df = pd.read_csv("soil.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns="ph"), df["ph"], random_state=0)
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.fit_transform(X_test)  # leak: POC501
knn = KNeighborsRegressor().fit(X_train, y_train)
knn.score(X_test, y_test)
