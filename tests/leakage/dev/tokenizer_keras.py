# %%
import pandas as pd
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras import layers, models
from sklearn.model_selection import train_test_split
tweets = pd.read_csv("tweets.csv")
# %%
tok = Tokenizer(num_words=20000)
tok.fit_on_texts(tweets["text"])  # leak: POC501
seq = pad_sequences(tok.texts_to_sequences(tweets["text"]), maxlen=60)
X_train, X_test, y_train, y_test = train_test_split(seq, tweets["target"], test_size=0.2)
# %%
m = models.Sequential([layers.Embedding(20000, 32), layers.LSTM(32), layers.Dense(1, activation="sigmoid")])
m.compile("adam", "binary_crossentropy", ["accuracy"])
m.fit(X_train, y_train, epochs=3, validation_split=0.1)
loss, acc = m.evaluate(X_test, y_test)
