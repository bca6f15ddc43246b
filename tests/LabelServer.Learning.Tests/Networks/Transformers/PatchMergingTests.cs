using LabelServer.Learning.Networks.Transformers;
using static TorchSharp.torch;

namespace LabelServer.Learning.Tests.Networks.Transformers;

public sealed class PatchMergingTests
{
    [Fact]
    public void Forward_Before15_TakesTheTokensThatMonai14Took()
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var merging = new PatchMerging(3, 2, PatchMergingOrder.Before15);
        var x = rand([1, 4, 2, 6, 2]);

        var merged = merging.call(x);

        // MONAI 1.4.0 swin_unetr.py, x0 to x7.
        int[][] starts = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 0], [0, 0, 1], [1, 1, 1]];
        var tokens = cat([.. starts.Select(s => x.slice(1, s[0], 4, 2).slice(2, s[1], 2, 2).slice(3, s[2], 6, 2))], -1);
        var expected = nn.functional.linear(nn.functional.layer_norm(tokens, [16]), merging.get_parameter("reduction.weight")!);
        Assert.Equal([1, 2, 1, 3, 4], merged.shape);
        Assert.True(merged.allclose(expected, rtol: 1e-5, atol: 1e-6));
    }
}
