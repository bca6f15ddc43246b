using static TorchSharp.torch;

namespace LabelServer.Learning.Optimisers;

/// <summary>Changes weights along their gradients. One step of each kind is PyTorch's, operation by operation, in float32.</summary>
/// <remarks>
/// <para>Why not TorchSharp's optimisers: their state can only be written to a stream of their own. Here the state is tensors by name, so that it can be saved beside
/// the weights, checked against the network when it is read, and gives the same bits after a restart.</para>
/// <para>Owns its state, not the weights. One thread at a time.</para>
/// </remarks>
public abstract class Optimiser : IDisposable
{
    private readonly IReadOnlyList<TrainedParameter> _parameters;
    private readonly Dictionary<string, Dictionary<string, Tensor>> _slots = new(StringComparer.Ordinal);

    /// <summary>Creates an optimiser of the given weights.</summary>
    /// <exception cref="OptimiserException">The learning rate is negative or not a number.</exception>
    protected Optimiser(IReadOnlyList<TrainedParameter> parameters, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(learningRate >= 0))
        {
            throw new OptimiserException(FormattableString.Invariant($"The learning rate must not be negative; it is {learningRate}."));
        }

        _parameters = parameters;
        LearningRate = learningRate;
    }

    /// <summary>The rate of the next step.</summary>
    public double LearningRate { get; set; }

    /// <summary>Steps done since the start of the training, restarts included.</summary>
    public long Steps { get; private set; }

    /// <summary>The weights that are changed.</summary>
    public IReadOnlyList<TrainedParameter> Parameters => _parameters;

    /// <summary>Sets all gradients to none.</summary>
    public void ClearGradients()
    {
        foreach (var parameter in _parameters)
        {
            using var gradient = parameter.Value.grad;
            if (gradient is not null)
            {
                parameter.Value.grad = null;
            }
        }
    }

    /// <summary>Changes each weight that has a gradient.</summary>
    public void Step()
    {
        using var noGradients = no_grad();
        Steps++;
        foreach (var parameter in _parameters)
        {
            using var gradient = parameter.Value.grad;
            if (gradient is not null)
            {
                using var scope = NewDisposeScope();
                Update(parameter, gradient);
            }
        }
    }

    /// <summary>What the optimiser remembers: for each slot, such as <c>exp_avg</c>, the values of each weight that has been updated. The tensors are its own, and change with the next step.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, Tensor>> Slots =>
        _slots.ToDictionary(s => s.Key, s => (IReadOnlyDictionary<string, Tensor>)s.Value, StringComparer.Ordinal);

    /// <summary>Goes on from a saved state.</summary>
    /// <exception cref="OptimiserException">The state names a weight that this network does not have, or one of another size.</exception>
    public void ImportState(OptimiserState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var byName = _parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var (slot, values) in state.Slots)
        {
            foreach (var (name, saved) in values)
            {
                if (!byName.TryGetValue(name, out var parameter))
                {
                    throw new OptimiserException($"The saved optimiser state holds '{name}', which is no trained weight of this network.");
                }

                var like = Slot(slot, parameter);
                if (like.numel() != saved.Length)
                {
                    throw new OptimiserException($"The saved optimiser state holds {saved.Length} values for '{name}'; the network needs {like.numel()}.");
                }

                using var noGradients = no_grad();
                using var restored = tensor(saved, like.shape, device: like.device);
                like.copy_(restored);
            }
        }

        Steps = state.Steps;
    }

    /// <summary>A tensor's values in row-major order, whatever its strides.</summary>
    internal static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the state.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var tensor in _slots.Values.SelectMany(s => s.Values))
        {
            tensor.Dispose();
        }

        _slots.Clear();
    }

    /// <summary>Changes one weight in place. Runs without autograd and inside a dispose scope.</summary>
    protected abstract void Update(TrainedParameter parameter, Tensor gradient);

    /// <summary>The shape of a slot's values for a parameter; by default the parameter's.</summary>
    protected virtual long[] SlotShape(string slot, TrainedParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Value.shape;
    }

    /// <summary>True when the parameter has values in that slot.</summary>
    protected bool HasSlot(string slot, TrainedParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return _slots.TryGetValue(slot, out var values) && values.ContainsKey(parameter.Name);
    }

    /// <summary>The remembered values of a parameter; 0 at first.</summary>
    protected Tensor Slot(string slot, TrainedParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        if (!_slots.TryGetValue(slot, out var values))
        {
            _slots[slot] = values = new(StringComparer.Ordinal);
        }

        if (!values.TryGetValue(parameter.Name, out var tensor))
        {
            // Strides as the weight's where the shape is the same, so that a step's operations run over both in memory order.
            var shape = SlotShape(slot, parameter);
            using var weight = parameter.Value.detach();
            tensor = shape.AsSpan().SequenceEqual(parameter.Value.shape) ? zeros_like(weight) : zeros(shape, ScalarType.Float32, parameter.Value.device);
            values[parameter.Name] = tensor.DetachFromDisposeScope();
        }

        return tensor;
    }
}
