# %%
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.decomposition import PCA
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
shops = pd.read_csv("shops.csv")
Z = StandardScaler().fit_transform(shops.select_dtypes("number"))
Z = PCA(2).fit_transform(Z)
# %%
for k in range(2, 9):
    km = KMeans(k, n_init=10, random_state=0).fit(Z)
    print(k, km.inertia_, silhouette_score(Z, km.labels_))
