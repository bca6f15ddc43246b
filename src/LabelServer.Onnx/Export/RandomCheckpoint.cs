using LabelServer.Bundles.Checkpoints.Writing;
using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Onnx.Export;

/// <summary>Writes a checkpoint of random weights for a network: to measure speed without a trained model.</summary>
public static class RandomCheckpoint
{
    /// <summary>Writes it.</summary>
    /// <param name="definition">The network's definition.</param>
    /// <param name="file">The file, in the format of <c>torch.save</c>.</param>
    /// <param name="seed">The same seed, the same weights.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="NetworkUnsupportedException">The network is not supported.</exception>
    public static Task WriteAsync(ConfigValue.Component definition, string file, int seed, CancellationToken cancellationToken)
    {
        var weights = new RandomWeights(seed);
        new SegResNetGraph(SegResNetOptionsReader.Read(definition), weights, new OnnxGraphOptions()).Build();
        return CheckpointWriter.WriteAsync(file, weights.Tensors, cancellation: cancellationToken);
    }

    private sealed class RandomWeights(int seed) : IGraphWeights
    {
        // Keeps the size of values about the same from layer to layer: the standard deviation is the root of one over the number of inputs.
        private const float UniformToUnit = 1.73f;
        private readonly Random _random = new(seed);

        public List<CheckpointWriteTensor> Tensors { get; } = [];

        public float[] Take(string name, params long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            if (shape.Length == 1)
            {
                values.AsSpan().Fill(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            }
            else
            {
                var spread = UniformToUnit / MathF.Sqrt(values.Length / (float)shape[0]);
                for (var index = 0; index < values.Length; index++)
                    values[index] = ((_random.NextSingle() * 2) - 1) * spread;
            }

            Tensors.Add(CheckpointWriteTensor.Of(name, shape, values));
            return values;
        }

        public void Ignore(string name)
        {
        }
    }
}
