"""The published classifier at every place (Zhou et al. 2016, arXiv 1512.04150), summed over ImageNet's vehicles."""
import torch
from torch import nn

import encoder

# ILSVRC 2012's classes, in the order of their WordNet numbers, that are vehicles or parts that only vehicles have: from
# ambulance, beach wagon, cab and convertible over jeep, minivan, pickup and sports car to mopeds, lorries, trams, grille and wheel.
CLASSES = [407, 436, 444, 468, 479, 511, 555, 569, 573, 575, 581, 586, 609, 627, 654, 656, 661, 665, 670, 671, 675, 705, 717,
           734, 751, 757, 779, 803, 817, 829, 847, 864, 867, 874]
# Beyond it the log-odds say no more.
SUREST = .0024726


class Classifier(nn.Module):
    """The encoder's 1280 planes at stride 32 to the share of any vehicle; nothing in it is learnt here."""

    def __init__(self):
        super().__init__()
        given = torch.load(encoder.published(), map_location="cpu")
        self.classes, self.any = nn.Conv2d(encoder.PLANES[4], 1000, 1), nn.Conv2d(1000, 1, 1, bias=False)
        self.classes.weight.data, self.classes.bias.data = given["_fc.weight"][:, :, None, None], given["_fc.bias"]
        self.any.weight.data.zero_()[:, CLASSES] = 1
        self.requires_grad_(False)

    def forward(self, top):
        return self.any(torch.softmax(self.classes(top), 1))

    def odds(self, top):
        """Log-odds of any vehicle, -2...2."""
        share = self(top).clamp(SUREST, 1 - SUREST)
        return (torch.log(share) - torch.log(1 - share)) / 3
