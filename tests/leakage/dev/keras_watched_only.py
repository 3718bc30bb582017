# %%
from tensorflow.keras.datasets import cifar10
from tensorflow.keras import layers, models, utils
(X_train, y_train), (X_test, y_test) = cifar10.load_data()
X_train = X_train.astype("float32") / 255
X_test = X_test.astype("float32") / 255
y_train, y_test = utils.to_categorical(y_train, 10), utils.to_categorical(y_test, 10)
# %%
cnn = models.Sequential()
cnn.add(layers.Conv2D(32, 3, activation="relu", input_shape=(32, 32, 3)))
cnn.add(layers.Flatten())
cnn.add(layers.Dense(10, activation="softmax"))
cnn.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
cnn.fit(X_train, y_train, batch_size=64, epochs=20, validation_data=(X_test, y_test))
score = cnn.evaluate(X_test, y_test, verbose=0)
