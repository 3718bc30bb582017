# %%
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score
reviews = pd.read_csv("reviews.csv")
train_texts, test_texts, train_y, test_y = train_test_split(reviews.text, reviews.stars > 3, random_state=9)
# %%
cv = CountVectorizer(max_features=5000)
A = cv.fit_transform(train_texts)
B = cv.transform(test_texts)
clf = LogisticRegression().fit(A, train_y)
accuracy_score(test_y, clf.predict(B))
