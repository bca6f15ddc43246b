using LabelServer.Imaging.Volumes;
using LabelServer.Inference.Networks;

namespace LabelServer.Inference.Uncertainty;

/// <summary>Runs a network several times on each window, mirrored or with dropout, and gives all outputs side by side: [X, Y, Z, repetition, channel].</summary>
/// <remarks>So the blending of a whole image keeps only those voxels of the repetitions that wait for another window, as with one prediction. Windows are mirrored, not the image: their places are the same in every repetition.</remarks>
/// <param name="inner">The network; it stays its owner's.</param>
/// <param name="mirrors">One entry for each repetition.</param>
/// <param name="parallel">Threads for copying.</param>
internal sealed class RepeatedNetwork(INetwork inner, IReadOnlyList<MirroredAxes> mirrors, ParallelOptions parallel) : INetwork
{
    private double[] _encodings = [];
    private long _encoded;

    /// <inheritdoc/>
    public int? InputChannels => inner.InputChannels;

    /// <inheritdoc/>
    public int? OutputChannels => inner.OutputChannels;

    /// <inheritdoc/>
    public NetworkPrecision Precision => inner.Precision;

    /// <inheritdoc/>
    public string Device => inner.Device;

    /// <inheritdoc/>
    public LinearHead? Head => inner.Head;

    /// <summary>The mean over all windows and repetitions so far of what the encoder made of them; empty when the network does not show it, or it is not finite.</summary>
    public IReadOnlyList<double> MeanEncoding => _encodings.All(double.IsFinite) ? [.. _encodings.Select(e => e / _encoded)] : [];

    /// <inheritdoc/>
    public unsafe NetworkOutput Run(ReadOnlySpan<float> windows, WindowBatchShape shape, CancellationToken cancellationToken)
    {
        RepeatedOutput? all = null;
        using var mirrored = new NativeBuffer<float>(windows.Length, clear: false);
        try
        {
            fixed (float* source = windows)
            {
                for (var repetition = 0; repetition < mirrors.Count; repetition++)
                {
                    Mirror(source, mirrored.Pointer, shape, mirrors[repetition]);
                    using var output = inner.Run(mirrored.GetSpan(), shape, cancellationToken);
                    if (output.Size != shape.Size)
                    {
                        throw new NetworkException($"The network gives {output.Size} voxels for a window of {shape.Size}; its uncertainty cannot be measured.");
                    }

                    all ??= new RepeatedOutput(shape, mirrors.Count, output.Channels);
                    all.Put(output, repetition, mirrors[repetition], parallel);
                    Add(output);
                }
            }

            return all!;
        }
        catch
        {
            all?.Dispose();
            throw;
        }
    }

    /// <summary>Does nothing: the inner network has another owner.</summary>
    public void Dispose()
    {
    }

    private void Add(NetworkOutput output)
    {
        for (var window = 0; window < output.Count; window++, _encoded++)
        {
            var encoding = output.Encoding(window);
            if (_encodings.Length != encoding.Length)
            {
                Array.Resize(ref _encodings, encoding.Length);
            }

            for (var feature = 0; feature < encoding.Length; feature++)
            {
                _encodings[feature] += encoding[feature];
            }
        }
    }

    private static unsafe void Mirror(float* source, float* target, WindowBatchShape shape, MirroredAxes mirror)
    {
        var size = shape.Size;
        var voxels = size.VoxelCount;
        for (var plane = 0; plane < shape.Count * shape.Channels; plane++, source += voxels, target += voxels)
        {
            if (mirror == default)
            {
                Buffer.MemoryCopy(source, target, voxels * sizeof(float), voxels * sizeof(float));
                continue;
            }

            long at = 0;
            for (var x = 0; x < size.I; x++)
            {
                for (var y = 0; y < size.J; y++)
                {
                    for (var z = 0; z < size.K; z++)
                    {
                        target[at++] = source[mirror.Place(size, x, y, z)];
                    }
                }
            }
        }
    }
}
