import torch
import torch.nn as nn

latent_dim = 8


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Linear(latent_dim, 16)

    def forward(self, z):
        return self.layers(z)  # stop: forward


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Linear(16, 1)

    def forward(self, image):
        return torch.sigmoid(self.layers(image))  # stop: forward


adversarial_loss = nn.BCELoss()
generator = Generator()  # stop: model
discriminator = Discriminator()  # stop: model
optimizer_G = torch.optim.Adam(generator.parameters())
optimizer_D = torch.optim.Adam(discriminator.parameters())
dataloader = torch.utils.data.DataLoader(torch.randn(64, 16), batch_size=8)  # stop: data
for imgs in dataloader:  # stop: data
    optimizer_G.zero_grad()
    fake = generator(torch.randn(8, latent_dim))
    g_loss = adversarial_loss(discriminator(fake), torch.ones(8, 1))  # stop: loss
    g_loss.backward()  # stop: backward
    optimizer_G.step()  # stop: step
    optimizer_D.zero_grad()
    real_loss = adversarial_loss(discriminator(imgs), torch.ones(8, 1))
    fake_loss = adversarial_loss(discriminator(fake.detach()), torch.zeros(8, 1))
    d_loss = (real_loss + fake_loss) / 2  # stop: loss
    d_loss.backward()  # stop: backward
    optimizer_D.step()  # stop: step
    print("D loss", d_loss.item())  # stop: logging
