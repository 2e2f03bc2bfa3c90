"""A program on JAX, Flax and Optax; its calls were recorded when it ran on the real library, and the marks say the same."""
import jax, jax.numpy as jnp, optax, flax.linen as nn
from flax import nnx
from flax.training import train_state
from functools import partial
from typing import Any


class MLP(nn.Module):
    width: int = 4

    def setup(self):
        self.a = Dense2(self.width)

    def __call__(self, x):
        return self.a(x)  #> recorded_jax.Dense2.__call__


class Dense2(nn.Module):
    w: int

    @nn.compact
    def __call__(self, x):
        x = nn.Dense(self.w, kernel_init=my_init)(x)  #> recorded_jax.my_init
        return self.act(x)  #> recorded_jax.Dense2.act

    def act(self, x):
        return nn.relu(x)


def my_init(key, shape, dtype=jnp.float32):
    return jnp.ones(shape, dtype)


class State(train_state.TrainState):
    extra: Any = None


def loss_fn(params, apply_fn, x, y):
    return mse(apply_fn({"params": params}, x), y)  #> recorded_jax.MLP.__call__ recorded_jax.MLP.setup recorded_jax.mse


def mse(a, b):
    return jnp.mean((a - b) ** 2)


@jax.jit
def train_step(state, x, y):
    l, g = jax.value_and_grad(loss_fn)(state.params, state.apply_fn, x, y)  #> recorded_jax.loss_fn
    return state.apply_gradients(grads=g), l  #> recorded_jax.lr


@partial(jax.jit, static_argnums=0)
def scaled(n, x):
    return helper(x) * n  #> recorded_jax.helper


def helper(x):
    return x + 1


def body(carry, x):
    return update(carry, x), x  #> recorded_jax.update


def update(c, x):
    return c + x


def cond(v):
    return v < 3


def inc(v):
    return v + 1


def yes(x):
    return x


def no(x):
    return -x


def per(x):
    return x * 2


def create(rng):
    m = MLP()
    p = m.init(rng, jnp.ones((1, 3)))["params"]  #> recorded_jax.MLP.__call__ recorded_jax.MLP.setup
    return State.create(apply_fn=m.apply, params=p, tx=make_tx())  #> recorded_jax.make_tx


def make_tx():
    return optax.chain(optax.sgd(lr))


def lr(step):
    return 0.1


class Net(nnx.Module):
    def __init__(self, rngs):
        self.l = nnx.Linear(3, 2, rngs=rngs)
        self.b = Blk(rngs)  #> recorded_jax.Blk.__init__

    def __call__(self, x):
        return self.b(self.l(x))  #> recorded_jax.Blk.__call__


class Blk(nnx.Module):
    def __init__(self, rngs):
        self.d = nnx.Dropout(0.1, rngs=rngs)

    def __call__(self, x):
        return self.d(x)


def nnx_loss(model, x):
    return jnp.mean(model(x))  #> recorded_jax.Net.__call__


@nnx.jit
def nnx_step(model, opt, x):
    l, g = nnx.value_and_grad(nnx_loss)(model, x)  #> recorded_jax.nnx_loss
    opt.update(model, g)
    return l


@jax.custom_vjp
def f(x):
    return x * 2


def f_fwd(x):
    return x * 2, x


def f_bwd(res, g):
    return (g * 2,)


f.defvjp(f_fwd, f_bwd)


def main():
    s = create(jax.random.PRNGKey(0))  #> recorded_jax.create
    for _ in range(2):
        s, l = train_step(s, jnp.ones((2, 3)), jnp.ones((2, 4)))  #> recorded_jax.train_step
    scaled(2, jnp.ones(3))  #> recorded_jax.scaled
    jax.lax.scan(body, 0.0, jnp.arange(3.0))  #> recorded_jax.body
    jax.lax.while_loop(cond, inc, 0)  #> recorded_jax.cond recorded_jax.inc
    jax.lax.cond(True, yes, no, 1.0)  #> recorded_jax.no recorded_jax.yes
    jax.vmap(per)(jnp.ones(3))  #> recorded_jax.per
    jax.tree_util.tree_map(per, {"a": 1.0})  #> recorded_jax.per
    jax.grad(f)(1.0)  #> recorded_jax.f recorded_jax.f_bwd recorded_jax.f_fwd
    m = Net(nnx.Rngs(0))  #> recorded_jax.Net.__init__
    opt = nnx.Optimizer(m, optax.sgd(0.1), wrt=nnx.Param)
    nnx_step(m, opt, jnp.ones((2, 3)))  #> recorded_jax.nnx_step


main()  #> recorded_jax.main
