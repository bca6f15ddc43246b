namespace LabelServer.Bundles.Checkpoints.Pickle;

/// <summary>A dictionary of a pickle, in written order. Also an <c>OrderedDict</c>. Keys are texts, numbers or other plain values.</summary>
internal sealed class PickleDict
{
    private readonly Dictionary<string, int> _byText = new(StringComparer.Ordinal);

    public List<KeyValuePair<object?, object?>> Items { get; } = [];

    public void Set(object? key, object? value)
    {
        if (key is not string text)
        {
            Items.Add(KeyValuePair.Create(key, value));
        }
        else if (_byText.TryGetValue(text, out var at))
        {
            Items[at] = KeyValuePair.Create<object?, object?>(text, value);
        }
        else
        {
            _byText[text] = Items.Count;
            Items.Add(KeyValuePair.Create<object?, object?>(text, value));
        }
    }

    public object? Find(string key) => _byText.TryGetValue(key, out var at) ? Items[at].Value : null;
}
