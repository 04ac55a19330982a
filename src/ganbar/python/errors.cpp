// The library's faults as the exceptions of ganbar/_errors.py, by kind.
#include <filesystem>

#include "ganbar/core/stop.h"
#include "ganbar/python/bind.h"
#include "ganbar/run/run.h"

namespace ganbar::python {
namespace {

void raise(const char* kind, const char* what) {
    const nb::object type = nb::module_::import_("ganbar._errors").attr(kind);
    PyErr_SetObject(type.ptr(), text_of(what).ptr());
}

void translate(const std::exception_ptr& fault, void*) {
    try {
        std::rethrow_exception(fault);
    } catch (const ConfigError& e) {
        raise("ConfigError", e.what());
    } catch (const DataError& e) {
        raise("DataError", e.what());
    } catch (const NumericError& e) {
        raise("NumericError", e.what());
    } catch (const Interrupted&) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
    } catch (const Stopped&) {
        PyErr_SetNone(PyExc_KeyboardInterrupt);
    } catch (const std::filesystem::filesystem_error& e) {
        raise("DataError", (e.path1().string() + ": " + e.code().message() + "; expected a place that can be read and written").c_str());
    } catch (const std::logic_error& e) {
        raise("InternalError", e.what());
    }
}

}  // namespace

void bind_errors(nb::module_&) { nb::register_exception_translator(translate); }

}  // namespace ganbar::python
