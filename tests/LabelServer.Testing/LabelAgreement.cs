using LabelServer.Imaging.Geometry;
using LabelServer.Imaging.Volumes;
using Xunit;

namespace LabelServer.Testing;

/// <summary>Compares a label map with MONAI's, over all voxels or those where MONAI's network was sure.</summary>
public sealed class LabelAgreement
{
    private readonly SafetensorsFile _tensors;
    private readonly byte[] _expected;
    private readonly byte[] _mask;
    private readonly int[] _maskShape;
    private readonly Affine _toMask;

    /// <summary>Reads <c>label</c> [1, X, Y, Z] on the input's grid and <c>margin_above_0_01</c>, perhaps <c>_every_2nd</c>, on the model's grid.</summary>
    public LabelAgreement(SafetensorsFile tensors, string modelAffine, Affine inputAffine)
    {
        _tensors = tensors;
        _expected = tensors.Bytes("label").ToArray();
        var name = tensors.Names.Single(n => n.StartsWith("margin_above", StringComparison.Ordinal));
        _mask = tensors.Bytes(name).ToArray();
        _maskShape = tensors.ShapeOf(name)[1..];
        var step = name.EndsWith("_every_2nd", StringComparison.Ordinal) ? 2 : 1;
        _toMask = (Affine.FromRows(tensors.Doubles(modelAffine)) * Affine.Scaling(step, step, step)).Inverse() * inputAffine;
    }

    /// <summary>The share of equal voxels.</summary>
    public double Share(Volume<byte> labels, bool onlyWhereSure)
    {
        var shape = _tensors.ShapeOf("label")[1..];
        Assert.Equal((shape[0], shape[1], shape[2]), (labels.Size.I, labels.Size.J, labels.Size.K));
        long equal = 0, all = 0;
        var at = 0;
        for (var x = 0; x < shape[0]; x++)
        {
            for (var y = 0; y < shape[1]; y++)
            {
                for (var z = 0; z < shape[2]; z++, at++)
                {
                    if (!onlyWhereSure || IsSure(x, y, z))
                    {
                        all++;
                        equal += labels[0, x, y, z] == _expected[at] ? 1 : 0;
                    }
                }
            }
        }

        return (double)equal / all;
    }

    private bool IsSure(int x, int y, int z)
    {
        Span<int> index = stackalloc int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var position = (_toMask[axis, 0] * x) + (_toMask[axis, 1] * y) + (_toMask[axis, 2] * z) + _toMask[axis, 3];
            index[axis] = Math.Clamp((int)Math.Round(position), 0, _maskShape[axis] - 1);
        }

        return _mask[(((index[0] * _maskShape[1]) + index[1]) * _maskShape[2]) + index[2]] != 0;
    }
}
