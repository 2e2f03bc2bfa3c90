"""A program on Keras and tf.data; its calls were recorded when it ran on the real library, and the marks say the same."""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import numpy as np, tensorflow as tf, keras
from keras import layers


class Patch(layers.Layer):
    def __init__(self, n, **kw):
        super().__init__(**kw)
        self.n = n

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.n), initializer=make_init())  #> recorded_keras.make_init

    def call(self, x, training=None):
        return self.mix(x)  #> recorded_keras.Patch.mix

    def mix(self, x):
        return tf.matmul(x, self.w)

    def get_config(self):
        return {}


def make_init():
    return "glorot_uniform"


class Norm(keras.constraints.Constraint):
    def __call__(self, w):
        return w


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.p = Patch(4)  #> recorded_keras.Patch.__init__
        self.seq = keras.Sequential(
            [layers.Dense(4, activation=swish, kernel_constraint=Norm()), Patch(2)]  #> recorded_keras.Patch.__init__
        )
        self.tracker = keras.metrics.Mean()

    def call(self, x, training=False):
        return self.head(self.seq(self.p(x)))  #> recorded_keras.Net.head recorded_keras.Patch.build recorded_keras.Patch.call recorded_keras.swish

    def head(self, x):
        return tf.nn.softmax(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            out = self(x, training=True)  #> recorded_keras.Net.call
            loss = self.objective(y, out)  #> recorded_keras.Net.objective
        g = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(g, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}

    def objective(self, y, out):
        return focal(y, out)  #> recorded_keras.focal

    @property
    def metrics(self):
        return [self.tracker]


def swish(x):
    return x * tf.sigmoid(x)


def focal(y, p):
    return -tf.reduce_mean(tf.one_hot(tf.cast(y, tf.int32), 2) * tf.math.log(p + 1e-6))


def acc(y, p):
    return tf.reduce_mean(p)


class Watch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.note(epoch)  #> recorded_keras.Watch.note

    def note(self, e):
        pass

    def on_train_batch_end(self, batch, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass


class Seq(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return self.make(i)  #> recorded_keras.Seq.make

    def make(self, i):
        return np.ones((2, 3), "float32"), np.zeros((2,), "int32")


def augment(x, y):
    return jitter(x), y  #> recorded_keras.jitter


def jitter(x):
    return x + 0.1


def gen():
    for i in range(8):
        yield np.ones(3, "float32"), np.int32(i % 2)


def dataset():
    d = tf.data.Dataset.from_generator(  #> recorded_keras.gen
        gen, output_signature=(tf.TensorSpec((3,)), tf.TensorSpec((), tf.int32))
    )
    return d.map(augment).filter(keep).batch(2)  #> recorded_keras.augment recorded_keras.keep


def keep(x, y):
    return True


def schedule(epoch, lr):
    return lr * 0.9


@tf.function
def custom_step(m, x):
    return inner(m, x)  #> recorded_keras.inner


def inner(m, x):
    return m(x)  #> recorded_keras.Net.call


def functional():
    i = keras.Input((3,))
    h = Patch(4)(i)  #> recorded_keras.Patch.__init__ recorded_keras.Patch.build recorded_keras.Patch.call
    o = layers.Lambda(lambda t: t * 2)(h)  #> recorded_keras.functional.<lambda1>
    m = keras.Model(i, layers.Dense(2)(o))
    m.compile("sgd", loss=mse, metrics=[acc])
    return m


def mse(y, p):
    return tf.reduce_mean((tf.cast(y, tf.float32)[:, None] - p) ** 2)


def main():
    m = Net()  #> recorded_keras.Net.__init__
    m.compile(optimizer="sgd")
    m.fit(  #> recorded_keras.Net.metrics recorded_keras.Net.train_step recorded_keras.Watch.on_epoch_begin recorded_keras.Watch.on_train_batch_end recorded_keras.Watch.on_train_end recorded_keras.schedule
        dataset(),  #> recorded_keras.dataset
        epochs=1,
        verbose=0,
        callbacks=[Watch(), keras.callbacks.LearningRateScheduler(schedule)],
    )
    f = functional()  #> recorded_keras.functional
    f.fit(Seq(), epochs=1, verbose=0)  #> recorded_keras.Patch.call recorded_keras.Seq.__getitem__ recorded_keras.Seq.__len__ recorded_keras.acc recorded_keras.functional.<lambda1> recorded_keras.mse
    f.predict(np.ones((2, 3)), verbose=0)  #> recorded_keras.Patch.call recorded_keras.functional.<lambda1>
    custom_step(m, tf.ones((2, 3)))  #> recorded_keras.custom_step


main()  #> recorded_keras.main
