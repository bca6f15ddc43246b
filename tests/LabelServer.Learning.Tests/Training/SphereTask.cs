using System.Globalization;
using LabelServer.Bundles.Config;
using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Learning.Losses;
using LabelServer.Learning.Sampling;
using LabelServer.Learning.Training;

namespace LabelServer.Learning.Tests.Training;

/// <summary>A task that a tiny network learns in seconds: bright spheres (class 1) beside dark ones (class 2) in noise. "Files" are seeds; nothing is on disk.</summary>
internal static class SphereTask
{
    public const int Side = 16;

    public static TrainingPlan Plan(TrainerSettings settings, params ITransform[] random) => new()
    {
        Bundle = "spheres",
        Network = new ConfigValue.Component("network_def", "SegResNet",
        [
            new("spatial_dims", new ConfigValue.Integer(3)),
            new("in_channels", new ConfigValue.Integer(1)),
            new("out_channels", new ConfigValue.Integer(3)),
            new("init_filters", new ConfigValue.Integer(8)),
            new("blocks_down", Integers(1, 1)),
            new("blocks_up", Integers(1)),
            new("dropout_prob", new ConfigValue.Real(0.1)),
        ]),
        Loss = new WeightedSumLoss("DiceCELoss", new DiceLoss(new() { ToOneHot = true, Activation = ScoreActivation.Softmax }), 1, new CrossEntropy(new()), 1),
        Optimiser = new ConfigValue.Component("optimizer", "torch.optim.AdamW", [new("lr", new ConfigValue.Real(5e-3))]),
        Schedule = new ConfigValue.Component("lr_scheduler", "StepLR", [new("step_size", new ConfigValue.Integer(3)), new("gamma", new ConfigValue.Real(0.7))]),
        Deterministic = new Compose([new("load", "Load", new Loader())]),
        Random = new Compose(random.Select(t => new TransformStep("random", t.GetType().Name, t))),
        Validation = new Compose([new("load", "Load", new Loader())]),
        Windows = new SlidingWindowOptions { RoiSize = [Side] },
        Labels = new Dictionary<int, string> { [1] = "bright", [2] = "dark" },
        Settings = settings,
    };

    public static ITransform[] Augmentation() =>
    [
        new RandSpatialCrop(TransformKeys.Of("image", "label"), [12]),
        new RandFlip(TransformKeys.Of("image", "label"), 0.5, [true, false, false]),
        new RandGaussianNoise(TransformKeys.Of("image"), 0.5, new PerKey<double>(0), 0.1),
    ];

    public static TrainingItem[] Items(int from, int count, IReadOnlyDictionary<int, string>? names = null) =>
        [.. Enumerable.Range(from, count).Select(i => new TrainingItem($"case {i}", i.ToString(CultureInfo.InvariantCulture), i.ToString(CultureInfo.InvariantCulture), names))];

    private static ConfigValue.List Integers(params int[] values) => new([.. values.Select(v => new ConfigValue.Integer(v))]);

    private sealed class Loader : IAsyncTransform
    {
        public void Apply(Sample sample, TransformContext context)
        {
            var seed = int.Parse(sample["image"].Source.Path!, CultureInfo.InvariantCulture);
            var random = new Random(seed);
            var grid = new VolumeGrid(new GridSize(Side, Side, Side), Affine.Identity);
            var (image, label) = (new Volume<float>(grid), new Volume<byte>(grid));
            Paint(image, label, 1, 1, random);
            Paint(image, label, 2, -1, random);
            foreach (ref var value in image.Samples)
            {
                value += (float)((random.NextDouble() - 0.5) * 0.4);
            }

            sample["image"].SetLoaded(image, sample["image"].Source);
            sample["label"].SetLoaded(label, sample["label"].Source);
        }

        public Task ApplyAsync(Sample sample, TransformContext context)
        {
            Apply(sample, context);
            return Task.CompletedTask;
        }

        private static void Paint(Volume<float> image, Volume<byte> label, byte value, float intensity, Random random)
        {
            int[] centre = [random.Next(4, Side - 4), random.Next(4, Side - 4), random.Next(4, Side - 4)];
            for (var k = 0; k < Side; k++)
            {
                for (var j = 0; j < Side; j++)
                {
                    for (var i = 0; i < Side; i++)
                    {
                        if (((i - centre[0]) * (i - centre[0])) + ((j - centre[1]) * (j - centre[1])) + ((k - centre[2]) * (k - centre[2])) <= 16)
                        {
                            image[0, i, j, k] = intensity;
                            label[0, i, j, k] = value;
                        }
                    }
                }
            }
        }
    }
}
