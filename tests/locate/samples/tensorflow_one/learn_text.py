# expect: train
import tensorflow as tf

tf.flags.DEFINE_integer("num_epochs", 200, "how long")


def run(batches):  # expect: loop
    sess = tf.Session()
    optimizer = tf.train.AdamOptimizer(1e-3)
    train_op = optimizer.apply_gradients([])

    def one_step(batch):
        sess.run([train_op], {})

    for batch in batches:
        one_step(batch)


def main(argv=None):
    run([])


if __name__ == "__main__":
    tf.app.run()
