# %%
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.svm import LinearSVC
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score
news = pd.read_json("news.json", lines=True)
news["all"] = news.headline + " " + news.short_description
# %%
counts = CountVectorizer(min_df=3).fit_transform(news["all"])  # leak: POC501
weights = TfidfTransformer().fit_transform(counts)  # leak: POC501
# %%
X_train, X_test, y_train, y_test = train_test_split(weights, news.category, stratify=news.category)
svc = LinearSVC(C=0.5)
svc.fit(X_train, y_train)
print(f1_score(y_test, svc.predict(X_test), average="macro"))
