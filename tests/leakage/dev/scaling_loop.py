# %%
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split
cc = pd.read_csv("creditcard.csv")
for column in ["Amount", "Time"]:
    cc[column] = StandardScaler().fit_transform(cc[column].values.reshape(-1, 1))  # leak: POC501
# %%
X_train, X_test, y_train, y_test = train_test_split(cc.drop("Class", axis=1), cc["Class"], test_size=0.3)
knn = KNeighborsClassifier(5)
knn.fit(X_train, y_train)
print("score:", knn.score(X_test, y_test))
