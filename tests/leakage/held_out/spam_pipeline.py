# %%
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC
from sklearn.model_selection import train_test_split, cross_val_score
messages = pd.read_csv("sms.tsv", sep="\t", names=["label", "text"])
# %%
pipe = make_pipeline(TfidfVectorizer(min_df=2), LinearSVC())
scores = cross_val_score(pipe, messages["text"], messages["label"], cv=5)
print(scores.mean(), scores.std())
# %%
X_train, X_test, y_train, y_test = train_test_split(messages["text"], messages["label"])
pipe.fit(X_train, y_train)
pipe.score(X_test, y_test)
