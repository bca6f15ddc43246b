namespace LabelServer.Errors;

/// <summary>The base of everything a request can do wrong before any room of the server is asked. The message is the <c>detail</c> that the client shows.</summary>
/// <remarks>
/// Taxonomy: <see cref="BadRequestException"/> 400, <see cref="ForbiddenException"/> 403, <see cref="ResourceNotFoundException"/> 404, <see cref="ConflictException"/> 409,
/// <see cref="PayloadTooLargeException"/> 413, <see cref="PackedBodyException"/> 415, <see cref="RequestValidationException"/> 422, <see cref="NotImplementedHereException"/> 501. Other rooms throw types of their own;
/// <see cref="ErrorMap"/> holds the status of each.
/// </remarks>
public abstract class RequestException : Exception
{
    /// <summary>Creates the exception with a message for people.</summary>
    protected RequestException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The request cannot be understood: a body that is no form, parameters that are no JSON object, nothing to work on.</summary>
public sealed class BadRequestException : RequestException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public BadRequestException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>The request comes from where requests are not taken: a foreign web page or a foreign host name.</summary>
public sealed class ForbiddenException : RequestException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ForbiddenException(string message)
        : base(message)
    {
    }
}

/// <summary>What the request names does not exist: a model, a task, a page.</summary>
public sealed class ResourceNotFoundException : RequestException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ResourceNotFoundException(string message)
        : base(message)
    {
    }
}

/// <summary>What the request names exists, but not in a state in which it can be done.</summary>
public sealed class ConflictException : RequestException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public ConflictException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A part of the request that has to fit in memory is larger than its limit.</summary>
public sealed class PayloadTooLargeException : RequestException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public PayloadTooLargeException(string message)
        : base(message)
    {
    }
}

/// <summary>MONAI Label has this, this server has not (yet). The message says what to do instead.</summary>
public sealed class NotImplementedHereException : RequestException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public NotImplementedHereException(string message)
        : base(message)
    {
    }
}

/// <summary>The body is packed (<c>Content-Encoding</c>), which this server does not undo: medical images are packed already.</summary>
public sealed class PackedBodyException : RequestException
{
    /// <summary>Creates the exception with a message for people.</summary>
    public PackedBodyException(string message)
        : base(message)
    {
    }
}
