# %%
import pandas as pd
import seaborn as sns
from sklearn.preprocessing import StandardScaler
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
bio = pd.read_csv("biopsy.csv")
X, y = bio.drop(columns="diagnosis"), bio["diagnosis"]
# %%
# a look at the classes in two dimensions
Z = StandardScaler().fit_transform(X)
pcs = PCA(2).fit_transform(Z)
sns.scatterplot(x=pcs[:, 0], y=pcs[:, 1], hue=y)
# %%
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
rf = RandomForestClassifier(random_state=0).fit(X_train, y_train)
rf.score(X_test, y_test)
