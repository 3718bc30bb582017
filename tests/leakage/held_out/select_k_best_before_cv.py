# %%
import pandas as pd
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.model_selection import cross_val_score
from sklearn.linear_model import LogisticRegression
genes = pd.read_csv("expression.csv", index_col=0)
y = genes.pop("tumour")
# %%
selector = SelectKBest(f_classif, k=50)
genes_small = selector.fit_transform(genes, y)  # leak: POC501
# %%
cross_val_score(LogisticRegression(), genes_small, y, cv=10).mean()
