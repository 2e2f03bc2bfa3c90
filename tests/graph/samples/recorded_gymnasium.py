"""A program on Gymnasium and Stable-Baselines3; its calls were recorded when it ran on the real library, and the marks say the same."""
import gymnasium as gym, numpy as np, torch
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback, EvalCallback
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.env_util import make_vec_env


class Walk(gym.Env):
    def __init__(self, size=5):
        self.size = size
        self.observation_space = spaces.Box(-1, 1, (2,))
        self.action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return self._obs(), {}  #> recorded_gymnasium.Walk._obs

    def step(self, a):
        self.t += 1
        return self._obs(), self._reward(a), self.t > self.size, False, {}  #> recorded_gymnasium.Walk._obs recorded_gymnasium.Walk._reward

    def _obs(self):
        return np.zeros(2, "float32")

    def _reward(self, a):
        return float(a)

    def close(self):
        pass


class Clip(gym.RewardWrapper):
    def reward(self, r):
        return self.clip(r)  #> recorded_gymnasium.Clip.clip

    def clip(self, r):
        return max(-1.0, min(1.0, r))


class Shift(gym.ObservationWrapper):
    def observation(self, o):
        return o


class Act(gym.ActionWrapper):
    def action(self, a):
        return a


class Raw(gym.Wrapper):
    def step(self, a):
        o = self.env.step(a)  #> recorded_gymnasium.Act.action recorded_gymnasium.Clip.reward recorded_gymnasium.Shift.observation recorded_gymnasium.Walk.step
        self.seen(o)  #> recorded_gymnasium.Raw.seen
        return o

    def seen(self, o):
        pass


gym.register("Walk-v0", entry_point=Walk, max_episode_steps=9)


def make_env(i):
    def thunk():
        return Raw(Clip(Shift(Act(gym.make("Walk-v0")))))  #> recorded_gymnasium.Walk.__init__

    return thunk


class Tell(BaseCallback):
    def _on_step(self):
        self.say()  #> recorded_gymnasium.Tell.say
        return True

    def say(self):
        pass

    def _on_training_start(self):
        pass

    def _on_rollout_end(self):
        pass


class Feat(BaseFeaturesExtractor):
    def __init__(self, space, dim=4):
        super().__init__(space, dim)
        self.l = torch.nn.Linear(2, dim)

    def forward(self, x):
        return self.l(x)


def lr(p):
    return 1e-3 * p


def main():
    envs = gym.vector.SyncVectorEnv([make_env(i) for i in range(2)])  #> recorded_gymnasium.make_env recorded_gymnasium.make_env.thunk
    o, _ = envs.reset(seed=1)  #> recorded_gymnasium.Shift.observation recorded_gymnasium.Walk.reset
    for _ in range(12):
        o, r, te, tr, i = envs.step(envs.action_space.sample())  #> recorded_gymnasium.Raw.step
    envs.close()  #> recorded_gymnasium.Walk.close
    v = make_vec_env(lambda: Clip(Walk()), n_envs=1)  #> recorded_gymnasium.Walk.__init__ recorded_gymnasium.main.<lambda1>
    m = PPO(  #> recorded_gymnasium.Feat.__init__ recorded_gymnasium.lr
        "MlpPolicy",
        v,
        n_steps=16,
        batch_size=8,
        n_epochs=1,
        learning_rate=lr,
        policy_kwargs=dict(features_extractor_class=Feat),
    )
    m.learn(20, callback=[Tell()])  #> recorded_gymnasium.Clip.reward recorded_gymnasium.Feat.forward recorded_gymnasium.Tell._on_rollout_end recorded_gymnasium.Tell._on_step recorded_gymnasium.Tell._on_training_start recorded_gymnasium.Walk.reset recorded_gymnasium.Walk.step recorded_gymnasium.lr
    m.predict(np.zeros((1, 2), "float32"))  #> recorded_gymnasium.Feat.forward


main()  #> recorded_gymnasium.main
